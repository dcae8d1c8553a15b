package wire

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A Command is a command on one record. It can be encoded as a message or as a row of a [Batch].
//
// The New functions set the same header bits as the official clients. The caller adds the bits of a
// policy afterwards.
type Command struct {
	Key        protocol.Key
	Info1      Info1
	Info2      Info2
	Info3      Info3
	Info4      Info4
	Generation uint32 // compared if Info2Generation or Info2GenerationGT is set
	RecordTTL  uint32 // of a write: time to live in seconds; of a read: read-touch percentage
	SendKey    bool   // send the user key if it is known; a write stores it with the record
	Filter     []byte // a packed filter expression, nil for none
	// KeepEncoded says that the bins of the response are to be parsed with [Response.ParseEncoded].
	KeepEncoded bool
	// Transaction has the fields of a multi-record transaction, nil outside of one. Several
	// commands may share it.
	Transaction *TransactionFields

	names []string             // bins to read
	bins  protocol.Bins        // bins to write, each with code
	code  protocol.OpCode      // the operation on each of bins
	ops   []protocol.Operation // operations of an operate
	udf   *UDFCall             // the function to call, nil for none
	// encoded has the bins to write in place of bins, nil for none.
	encoded *Encoded
}

// NewRead returns a command that reads the named bins, or all bins if there are no names.
func NewRead(key protocol.Key, bins ...string) (c Command) {
	c.SetRead(&key, bins)
	return c
}

// SetRead makes c, which must be the zero value, the command that [NewRead] returns.
func (c *Command) SetRead(key *protocol.Key, bins []string) {
	c.Key, c.Info1, c.names = *key, Info1Read, bins
	if len(bins) == 0 {
		c.Info1 |= Info1GetAll
	}
}

// NewHeaderRead returns a command that reads the generation and the void time, and so whether the
// record exists.
func NewHeaderRead(key protocol.Key) Command {
	return Command{Key: key, Info1: Info1Read | Info1NoBins}
}

// NewWrite returns a command that applies one operation to each bin: OpWrite, OpAdd, OpAppend or
// OpPrepend.
func NewWrite(code protocol.OpCode, key protocol.Key, bins protocol.Bins) (c Command) {
	c.SetWrite(code, &key, bins)
	return c
}

// SetWrite makes c, which must be the zero value, the command that [NewWrite] returns.
func (c *Command) SetWrite(code protocol.OpCode, key *protocol.Key, bins protocol.Bins) {
	c.Key, c.Info2, c.code, c.bins = *key, Info2Write, code, bins
}

// NewTouch returns a command that resets the time to live of a record.
func NewTouch(key protocol.Key) Command {
	return Command{Key: key, Info2: Info2Write, ops: touchOps}
}

var touchOps = []protocol.Operation{protocol.TouchRecord()}

// NewDelete returns a command that deletes a record.
func NewDelete(key protocol.Key) Command {
	return Command{Key: key, Info2: Info2Write | Info2Delete}
}

// NewOperate returns a command that applies the operations in order, all or none. With respondAll
// the response has a bin for each operation, in the order of the operations.
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

// IsWrite reports whether the command can change the record.
func (c *Command) IsWrite() bool { return c.Info2&Info2Write != 0 }

// check is Check without the checks of bins, values and arguments. These are checked when they are
// encoded.
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

// MayRemove reports whether the command can delete the record: directly, by removing its last bin,
// or by a user-defined function or an expression.
func (c *Command) MayRemove() bool {
	return c.Info2&Info2Delete != 0 || c.udf != nil || c.encoded != nil && c.encoded.Removes || slices.ContainsFunc(c.ops, mayRemove) ||
		c.code == protocol.OpWrite && slices.ContainsFunc(c.bins, func(b protocol.Bin) bool { return b.Value.IsNil() })
}

// mayRemove reports whether the operation can remove a bin or the record.
func mayRemove(o protocol.Operation) bool {
	return o.Code == protocol.OpDelete || o.Code == protocol.OpExpModify || o.Code == protocol.OpWrite && o.Value.IsNil()
}

// IsUDF reports whether the command calls a user-defined function.
func (c *Command) IsUDF() bool { return c.udf != nil }

func (c *Command) opCount() int {
	n := len(c.names) + len(c.bins) + len(c.ops)
	if c.encoded != nil {
		n += c.encoded.Count
	}
	return n
}

// AppendMessage appends the command as a message with its proto header. The server gives up after
// timeBudget milliseconds; 0 means the default of the server. If AppendMessage returns an error dst
// is returned unchanged.
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

// sendsKey reports whether the message has the user key: SendKey is set and the key is sendable.
func (c *Command) sendsKey() bool { return c.SendKey && c.Key.Sendable() }

// fieldCount returns the number of fields: namespace, digest and the optional ones.
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

// appendBody appends the function call if there is one, otherwise the operations.
func (c *Command) appendBody(dst []byte) ([]byte, error) {
	if c.udf != nil {
		return c.udf.appendTo(dst)
	}
	return c.appendOps(dst)
}

// appendOps appends the operations. A command has them as names, as bins, as operations or encoded.
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
	if c.encoded != nil {
		dst = append(dst, c.encoded.Ops...)
	}
	return dst, nil
}
