package protocol

import "fmt"

// An Operation is one step of a command on a record. Several of them in one
// command are applied in order and all or none.
type Operation struct {
	Code OpCode
	// Bin is the bin's name; "" where the operation is about the whole record.
	Bin string
	// Value is what a write writes, or the packed call of a collection operation
	// or expression as a blob.
	Value Value

	// scope marks a read of all bins or of none. They look the same as operations and differ in
	// the header of the message.
	scope readScope
}

// A readScope says what a read without a bin's name reads.
type readScope uint8

const (
	readsBin readScope = iota
	readsAll
	readsHeader
)

// GetBin reads one bin; it is left out of the answer if the record has no such bin.
func GetBin(name string) Operation { return Operation{Code: OpRead, Bin: name} }

// GetAll reads all bins.
func GetAll() Operation { return Operation{Code: OpRead, scope: readsAll} }

// GetHeader reads generation and void time only.
func GetHeader() Operation { return Operation{Code: OpRead, scope: readsHeader} }

// PutBin writes a bin; a nil value removes it.
func PutBin(name string, v Value) Operation { return Operation{Code: OpWrite, Bin: name, Value: v} }

// AddBin adds a number to a bin of the same type, or creates it.
func AddBin(name string, v Value) Operation { return Operation{Code: OpAdd, Bin: name, Value: v} }

// AppendBin adds a string or blob at the end of a bin of the same type, or creates it.
func AppendBin(name string, v Value) Operation { return Operation{Code: OpAppend, Bin: name, Value: v} }

// PrependBin adds a string or blob at the front of a bin of the same type, or creates it.
func PrependBin(name string, v Value) Operation {
	return Operation{Code: OpPrepend, Bin: name, Value: v}
}

// TouchRecord renews the record's time to live and raises its generation; the record must exist.
func TouchRecord() Operation { return Operation{Code: OpTouch} }

// DeleteRecord removes all bins, and with them the record unless a later operation writes one.
func DeleteRecord() Operation { return Operation{Code: OpDelete} }

// ReadsAll reports whether the operation reads all bins, as [GetAll] does.
func (o *Operation) ReadsAll() bool { return o.scope == readsAll }

// ReadsHeader reports whether the operation reads generation and void time only, as [GetHeader] does.
func (o *Operation) ReadsHeader() bool { return o.scope == readsHeader }

// Check reports an operation that no server could take. The error wraps [ErrInvalidBin] or
// [ErrInvalidValue].
func (o *Operation) Check() error {
	switch {
	case o.Code == OpTouch || o.Code == OpDelete || o.scope != readsBin:
		return nil
	case o.Value.kind == KindInvalid:
		return fmt.Errorf("bin %q: %w", o.Bin, o.Value.Err())
	}
	return CheckBinName(o.Bin)
}
