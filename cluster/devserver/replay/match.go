package replay

import (
	"bytes"
	"encoding/binary"
	"regexp"

	"github.com/aerosql/aerosql/protocol/wire"
)

// timeBudget is the place of the time budget in the header of a request.
const timeBudget = wire.ProtoHeaderSize + 14

// changingFields are the fields whose values are different in each run of the same program.
var changingFields = map[wire.FieldType]bool{
	wire.FieldTaskID: true, wire.FieldSocketTimeout: true, wire.FieldTransactionID: true, wire.FieldTransactionEnd: true,
}

// canonical returns the bytes by which requests are compared: the frame without what is different
// in each run.
func canonical(f frame, redacted bool) string {
	f = bytes.Clone(f.plain())
	fixAdminVersion(f)
	if redacted {
		f = bytes.Clone(redact(f, false))
	}
	switch f.proto() {
	case wire.ProtoInfo:
		return string(canonicalInfo(f))
	case wire.ProtoAdmin:
		return string(hideSecrets(f, false))
	case wire.ProtoMessage:
		canonicalMessage(f)
	}
	return string(f)
}

// canonicalMessage clears what is different in each run.
func canonicalMessage(f frame) {
	if len(f.body()) < wire.HeaderSize {
		return
	}
	binary.BigEndian.PutUint32(f[timeBudget:], 0)
	if wire.Info1(f.body()[1])&wire.Info1Batch == 0 {
		if m, err := wire.ParseMessage(f.body()); err == nil {
			clearChanging(m)
		}
		return
	}
	rows := batchRows(f)
	b, err := wire.ParseBatch(rows)
	for err == nil {
		var row *wire.ParsedRow
		if row, err = b.Next(); row == nil {
			break
		}
		clearChanging(&row.Message)
	}
}

// clearChanging clears fields, and what a command on the monitor of a transaction has, because the
// key of the monitor is the random id of the transaction.
func clearChanging(m *wire.Message) {
	set, _ := m.Field(wire.FieldSet)
	monitor := string(set) == wire.MonitorSet
	for _, f := range m.Fields {
		if changingFields[f.Type] || monitor && (f.Type == wire.FieldDigest || f.Type == wire.FieldKey) {
			clear(f.Data)
		}
	}
	for i := range m.Ops {
		if monitor {
			clear(m.Ops[i].Data)
		}
	}
}

// changingInfo matches the parameters of info commands that are different in each run: ids of
// queries, times of truncations and user agents.
var changingInfo = regexp.MustCompile(`(?m)((?:^|[:;])(?:trid|id|lut|value)=)[^;\n]*`)

// canonicalInfo returns an info request, or one of its commands, without what is different in each
// run.
func canonicalInfo(text []byte) []byte { return changingInfo.ReplaceAll(text, []byte("$1")) }
