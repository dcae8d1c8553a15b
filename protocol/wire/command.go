package wire

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A Command is one command on one record. It can write itself as a message of its own and as
// a row of a batch; it knows nothing of nodes, connections and deadlines.
//
// The New functions set the header's bits as the official clients do
//; what a policy adds is or-ed to them afterwards.
type Command struct {
	Key        protocol.Key
	Info1      Info1
	Info2      Info2
	Info3      Info3
	Info4      Info4
	Generation uint32 // compared if Info2Generation or Info2GenerationGT is set
	RecordTTL  uint32 // a write's time to live in seconds, a read's read-touch percentage
	SendKey    bool   // the user key, where it is known, travels too and is stored with the record
	Filter     []byte // a packed filter expression, nil for none
	// Transaction is what the command tells of its multi-record transaction, nil outside of one. It may be shared.
	Transaction *TransactionFields

	names []string             // bins to read
	bins  protocol.Bins        // bins to write, each by code
	code  protocol.OpCode      // what a write does with its bins
	ops   []protocol.Operation // operations of an operate
	udf   *UDFCall             // the function to call, nil for none
}

// NewRead reads the named bins, or all bins if none is named.
func NewRead(key protocol.Key, bins ...string) Command {
	c := Command{Key: key, Info1: Info1Read, names: bins}
	if len(bins) == 0 {
		c.Info1 |= Info1GetAll
	}
	return c
}

// NewHeaderRead reads generation and void time, or whether the record exists.
func NewHeaderRead(key protocol.Key) Command {
	return Command{Key: key, Info1: Info1Read | Info1NoBins}
}

// NewWrite does one thing, OpWrite, OpAdd, OpAppend or OpPrepend, with each bin.
func NewWrite(code protocol.OpCode, key protocol.Key, bins protocol.Bins) Command {
	return Command{Key: key, Info2: Info2Write, code: code, bins: bins}
}

// NewTouch renews a record's time to live.
func NewTouch(key protocol.Key) Command {
	return Command{Key: key, Info2: Info2Write, ops: touchOps}
}

var touchOps = []protocol.Operation{protocol.TouchRecord()}

// NewDelete removes a record.
func NewDelete(key protocol.Key) Command {
	return Command{Key: key, Info2: Info2Write | Info2Delete}
}

// NewOperate applies operations in order, all or none. With respondAll every operation has a
// place in the answer, in the order of the operations.
func NewOperate(key protocol.Key, ops []protocol.Operation, respondAll bool) Command {
	c := Command{Key: key, ops: ops}
	header, bins := false, false
	for i := range ops {
		o := &ops[i]
		respondAll = respondAll || respondsToAll(o)
		switch {
		case o.Code.IsWrite():
			c.Info2 |= Info2Write
		case o.ReadsHeader():
			c.Info1 |= Info1Read
			header = true
		case o.ReadsAll():
			c.Info1 |= Info1Read | Info1GetAll
			bins = true
		default:
			c.Info1 |= Info1Read
			bins = true
		}
	}
	if header && !bins {
		c.Info1 |= Info1NoBins
	}
	if respondAll && c.Info1&Info1GetAll == 0 {
		c.Info2 |= Info2RespondAllOps
	}
	return c
}

// IsWrite reports whether the command may change the record.
func (c *Command) IsWrite() bool { return c.Info2&Info2Write != 0 }

// check is Check without bins, values and arguments, which are checked as they are written.
func (c *Command) check() error {
	switch {
	case c.Key.Namespace == "":
		return fmt.Errorf("%w: the key has no namespace; make it with NewKey", protocol.ErrInvalidKey)
	case c.opCount() == 0 && c.Info1&(Info1GetAll|Info1NoBins) == 0 && c.Info2&Info2Delete == 0 && !c.EndsTransaction() && c.udf == nil:
		return fmt.Errorf("%w: it has no bins and no operations", protocol.ErrInvalidCommand)
	case c.opCount() > protocol.MaxOps:
		return fmt.Errorf("%w: %d operations, at most %d are possible", protocol.ErrInvalidCommand, c.opCount(), protocol.MaxOps)
	case c.udf != nil:
		return c.udf.check()
	}
	return nil
}

// MayRemove reports whether the command removes the record, or might: by taking its last bin, or by a function
// or an expression that does.
func (c *Command) MayRemove() bool {
	return c.Info2&Info2Delete != 0 || c.udf != nil || slices.ContainsFunc(c.ops, mayRemove) ||
		c.code == protocol.OpWrite && slices.ContainsFunc(c.bins, func(b protocol.Bin) bool { return b.Value.IsNil() })
}

// mayRemove reports whether the operation removes a bin or the record, or might.
func mayRemove(o protocol.Operation) bool {
	return o.Code == protocol.OpDelete || o.Code == protocol.OpExpModify || o.Code == protocol.OpWrite && o.Value.IsNil()
}

// IsUDF reports whether the command calls a function.
func (c *Command) IsUDF() bool { return c.udf != nil }

func (c *Command) opCount() int { return len(c.names) + len(c.bins) + len(c.ops) }

// AppendMessage appends the command as a message with its proto header. The
// server gives up after timeBudget milliseconds; 0 leaves it to its own default. On an
// error dst is unchanged.
func (c *Command) AppendMessage(dst []byte, timeBudget uint32) ([]byte, error) {
	start := len(dst)
	if err := c.check(); err != nil {
		return dst, err
	}
	buf := beginProto(dst)
	h := Header{
		Info1: c.Info1, Info2: c.Info2, Info3: c.Info3, Info4: c.Info4,
		Generation: c.Generation, RecordTTL: c.RecordTTL, TransactionTTL: timeBudget,
		FieldCount: c.fieldCount(), OpCount: uint16(c.opCount()),
	}
	buf = h.AppendTo(buf)
	buf = AppendField(buf, FieldNamespace, c.Key.Namespace)
	if c.Key.Set != "" {
		buf = AppendField(buf, FieldSet, c.Key.Set)
	}
	digest := c.Key.Digest()
	buf = AppendField(buf, FieldDigest, digest[:])
	buf, _ = c.Transaction.AppendTo(buf)
	if c.sendsKey() {
		buf = appendKeyField(buf, c.Key.UserKey())
	}
	if c.Filter != nil {
		buf = AppendField(buf, FieldFilterExp, c.Filter)
	}
	buf, err := c.appendBody(buf)
	if err == nil {
		buf, err = finishProto(buf, start, ProtoMessage)
	}
	if err != nil {
		return buf[:start], err
	}
	return buf, nil
}

// sendsKey reports whether the user key travels: it is wanted, and known in the form in which it is stored.
func (c *Command) sendsKey() bool { return c.SendKey && c.Key.Sendable() }

// fieldCount counts the fields of a message: namespace and digest, and those that are optional.
func (c *Command) fieldCount() uint16 {
	n := uint16(2)
	if c.Key.Set != "" {
		n++
	}
	if c.sendsKey() {
		n++
	}
	if c.Filter != nil {
		n++
	}
	if c.udf != nil {
		n += udfFields
	}
	if c.Transaction != nil {
		n += c.Transaction.count()
	}
	return n
}

func appendKeyField(dst []byte, user protocol.Value) []byte {
	start := len(dst)
	dst = protocol.AppendUserKey(appendFieldHeader(dst, FieldKey, 0), user)
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}

// appendBody appends the call of a function, or else the operations.
func (c *Command) appendBody(dst []byte) ([]byte, error) {
	if c.udf != nil {
		return c.udf.appendTo(dst)
	}
	return c.appendOps(dst)
}

// appendOps appends the operations in whichever form the command has them.
func (c *Command) appendOps(dst []byte) (_ []byte, err error) {
	for _, name := range c.names {
		o := protocol.GetBin(name)
		if dst, err = appendOperation(dst, &o); err != nil {
			return dst, err
		}
	}
	for i := range c.bins {
		o := protocol.Operation{Code: c.code, Bin: c.bins[i].Name, Value: c.bins[i].Value}
		if dst, err = appendOperation(dst, &o); err != nil {
			return dst, err
		}
	}
	for i := range c.ops {
		if dst, err = appendOperation(dst, &c.ops[i]); err != nil {
			return dst, err
		}
	}
	return dst, nil
}
