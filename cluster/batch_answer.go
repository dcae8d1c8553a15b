package cluster

import (
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

var errNoRow = fmt.Errorf("%w: the response to the batch lacks this row", protocol.ErrMalformed)

var errUnexpectedRow = fmt.Errorf("%w: a response for a batch row that was not sent or already has one", protocol.ErrMalformed)

// dropsNil reports whether the nil results of a command's operations are dropped. In a batch the
// server returns a result for every operation of a write, even if the command does not ask for it;
// dropping them makes the response the same as for a single command.
func dropsNil(cmd *wire.Command) bool {
	return cmd.IsWrite() && cmd.Info2&wire.Info2RespondAllOps == 0
}

// dropEmptyAnswers removes the nil results of a command that drops them.
func dropEmptyAnswers(cmd *wire.Command, resp *wire.Response) {
	if dropsNil(cmd) {
		resp.Bins = slices.DeleteFunc(resp.Bins, func(bin protocol.Bin) bool { return bin.Value.IsNil() })
	}
}

// refusedTogether is the failure of the commands of a message that was refused as a whole. Those
// without an answer of their own may have been done all the same, unless the code says that the
// server has not begun.
func refusedTogether(code protocol.ResultCode) failure {
	outcome := retry.Ambiguous
	switch code {
	case protocol.BatchDisabled, protocol.BatchMaxRequests, protocol.BatchQueuesFull, protocol.NotAuthenticated, protocol.ExpiredSession:
		outcome = retry.Refused
	}
	return failure{err: code, outcome: outcome, code: code}
}
