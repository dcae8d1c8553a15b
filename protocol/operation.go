package protocol

import "fmt"

// An Operation is one step of a command on a record. The server applies the operations of a command
// in their order, all of them or none.
//
// The functions below and those of packages cdt and exp make operations. An invalid argument is an
// error of the command that sends the operation; nothing is sent then.
type Operation struct {
	Code OpCode
	// Bin is the name of the bin; "" if the operation applies to the whole record.
	Bin string
	// Value is the value to write, or a blob with the packed call of a collection operation or the
	// packed expression.
	Value Value

	// scope marks a read of all bins or of none. As operations these look the same; they differ in
	// the header of the message.
	scope readScope
}

// A readScope is what a read without a bin name reads: readsBin, readsAll or readsHeader.
type readScope uint8

// The scopes.
const (
	readsBin readScope = iota
	readsAll
	readsHeader
)

// GetBin reads one bin. If the record does not have the bin, the response does not have it either.
func GetBin(name string) Operation { return Operation{Code: OpRead, Bin: name} }

// GetAll reads all bins.
func GetAll() Operation { return Operation{Code: OpRead, scope: readsAll} }

// GetHeader reads the generation and the void time but no bins.
func GetHeader() Operation { return Operation{Code: OpRead, scope: readsHeader} }

// PutBin writes a bin; nil removes it. The value is a [Value] or any Go value that [ValueOf]
// converts. Passing a Value allocates; an Operation{Code: OpWrite, Bin: name, Value: v} does not.
func PutBin(name string, value any) Operation {
	return Operation{Code: OpWrite, Bin: name, Value: ValueOf(value)}
}

// AddBin adds a number to a bin of the same type, or creates the bin with it. The number is an
// integer or a float, as a [Value] or a Go value.
func AddBin(name string, number any) Operation {
	return Operation{Code: OpAdd, Bin: name, Value: ValueOf(number)}
}

// AppendBin adds a string or a blob at the end of a bin of the same type, or creates the bin with
// it. The value is a string or a []byte, or a [Value] of one of them.
func AppendBin(name string, value any) Operation {
	return Operation{Code: OpAppend, Bin: name, Value: ValueOf(value)}
}

// PrependBin adds a string or a blob at the start of a bin of the same type, or creates the bin
// with it. The value is that of [AppendBin].
func PrependBin(name string, value any) Operation {
	return Operation{Code: OpPrepend, Bin: name, Value: ValueOf(value)}
}

// TouchRecord resets the record's time to live and increments its generation. The record must
// exist.
func TouchRecord() Operation { return Operation{Code: OpTouch} }

// DeleteRecord removes all bins. This deletes the record unless a later operation writes a bin.
func DeleteRecord() Operation { return Operation{Code: OpDelete} }

// ReadsAll reports whether the operation reads all bins, as [GetAll] does.
func (o *Operation) ReadsAll() bool { return o.scope == readsAll }

// ReadsHeader reports whether the operation reads no bins, as [GetHeader] does.
func (o *Operation) ReadsHeader() bool { return o.scope == readsHeader }

// Check returns an error that wraps [ErrInvalidBin] or [ErrInvalidValue] if the operation can't be
// sent.
func (o *Operation) Check() error {
	switch {
	case o.Code == OpTouch || o.Code == OpDelete || o.scope != readsBin:
		return nil
	case o.Value.kind == KindInvalid:
		return fmt.Errorf("bin %q: %w", o.Bin, o.Value.Err())
	}
	return CheckBinName(o.Bin)
}
