package wire

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// UDFOp is the use of a user-defined function in a query: UDFAggregate or UDFBackground.
type UDFOp uint8

// The uses of functions in queries.
const (
	UDFAggregate  UDFOp = 1 // a stream function: the server returns its results
	UDFBackground UDFOp = 2 // a record function: the server calls it for each record
)

// A UDFCall is a call of a user-defined function in a registered module.
type UDFCall struct {
	Package  string // the file name of the module without ".lua"
	Function string
	Args     []protocol.Value
}

// udfFields is the number of fields of a call in a message.
const udfFields = 3

// The bins with the result of a function.
const (
	udfSuccess = "SUCCESS" // the return value
	udfFailure = "FAILURE" // the error text
)

// NewExecute returns a command that calls a function on a record. The function can create, change
// or remove the record. The command keeps a reference to call, which must not be changed. Rows of a
// batch that have the same call are written in the short form.
func NewExecute(key protocol.Key, call *UDFCall) Command {
	return Command{Key: key, Info2: Info2Write, udf: call}
}

// check returns an error if no server would accept the call.
func (u *UDFCall) check() error {
	if u.Package == "" || u.Function == "" {
		return fmt.Errorf("%w: a call of function %q in package %q: both names are needed", protocol.ErrInvalidCommand, u.Function, u.Package)
	}
	return nil
}

// appendTo appends the three fields of a call.
func (u *UDFCall) appendTo(dst []byte) ([]byte, error) {
	args, err := protocol.AppendMsgpack(nil, protocol.List(u.Args...))
	if err != nil {
		return dst, fmt.Errorf("arguments of %s.%s: %w", u.Package, u.Function, err)
	}
	dst = AppendField(dst, FieldUDFPackage, u.Package)
	dst = AppendField(dst, FieldUDFFunction, u.Function)
	return AppendField(dst, FieldUDFArgs, args), nil
}

// UDFResult returns the return value of the function in the response to [NewExecute], nil if there
// is none. If the function failed see ResultCode and Detail.
func (resp *Response) UDFResult() protocol.Value {
	v, _ := resp.Bins.Get(udfSuccess)
	return v
}

// UDFFailure returns the error text of a stream function, and whether it failed. The server sends
// it in a separate message whose result code is OK.
func (resp *Response) UDFFailure() (text string, failed bool) {
	v, failed := resp.Bins.Get(udfFailure)
	text, _ = v.Text()
	return text, failed
}
