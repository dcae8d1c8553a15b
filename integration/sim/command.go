package sim

import (
	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// someBins are the bins that a GetSome reads. No record has the last one.
var someBins = []string{binKey, binToken, "missing"}

// bins returns the bins that a verb without operations writes.
func (c *Command) bins(t Token) protocol.Bins {
	token := protocol.Blob(t.Bytes())
	if c.Verb == Append {
		return protocol.Bins{{Name: binBlob, Value: token}}
	}
	bins := protocol.Bins{protocol.NewBin(binKey, c.Key), {Name: binToken, Value: token}}
	if c.Padding > 0 {
		bins = append(bins, protocol.NewBin(binPadding, make([]byte, c.Padding)))
	}
	return bins
}

// ops returns the operations of a verb that has operations, or of a row in a batch.
func (c *Command) ops(t Token) []protocol.Operation {
	token := protocol.Blob(t.Bytes())
	switch c.Verb {
	case Append:
		return []protocol.Operation{protocol.AppendBin(binBlob, token)}
	case Push:
		return []protocol.Operation{
			cdt.ListAppend(binLog, token), protocol.PutBin(binKey, protocol.Int(int64(c.Key))), protocol.GetBin(binLog),
		}
	case Touch:
		return []protocol.Operation{protocol.TouchRecord()}
	case Erase:
		return []protocol.Operation{protocol.PutBin(binToken, token), protocol.DeleteRecord()}
	case Look:
		return []protocol.Operation{protocol.GetBin(binToken), protocol.GetBin(binBlob)}
	}
	panic("sim: " + c.Verb.String() + " has no operations")
}

// writePolicy returns the policy of a command that writes or operates.
func (c *Call) writePolicy(cmd *Command, o *Outcome) *cluster.WritePolicy {
	l := &c.Limits
	p := &cluster.WritePolicy{
		TotalTimeout: l.Total, SocketTimeout: l.Socket, SleepBetweenRetries: l.Sleep, TimeoutDelay: l.Delay, MaxRetries: l.Retries,
		Replica: l.Replica, Compress: l.Compress,
	}
	// With strong consistency, an acknowledged record may only be removed by a durable delete.
	p.DurableDelete = cmd.Key >= firstStrong && cmd.Verb.removes()
	switch cmd.Verb {
	case Create:
		p.Exists = cluster.CreateOnly
	case Replace:
		p.Exists = cluster.ReplaceOnly
	case Update:
		p.Exists = cluster.UpdateOnly
	case Swap:
		p.GenerationPolicy, p.Generation = cluster.ExpectEqual, o.Expected
	case Touch, Delete:
		// These commands have no operations that could hold the token.
		p.Filter = exp.Filter(exp.Eq(exp.BlobVal(o.Token.Bytes()), exp.BlobVal(o.Token.Bytes())))
	}
	return p
}

func (c *Call) readPolicy() *cluster.ReadPolicy {
	l := &c.Limits
	return &cluster.ReadPolicy{
		TotalTimeout: l.Total, SocketTimeout: l.Socket, SleepBetweenRetries: l.Sleep, TimeoutDelay: l.Delay, MaxRetries: l.Retries,
		Replica: l.Replica, Compress: l.Compress,
	}
}
