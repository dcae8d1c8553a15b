package wire

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// UDFOp says in a query what a user-defined function is for.
type UDFOp uint8

// The uses of functions in queries.
const (
	UDFAggregate  UDFOp = 1 // a stream function whose results come back
	UDFBackground UDFOp = 2 // a record function, for each record on its own
)

// A UDFCall names a function of a registered module and its arguments.
type UDFCall struct {
	Package  string // the module's file name without ".lua"
	Function string
	Args     []protocol.Value
}

// udfFields is the number of fields that a call adds to a message.
const udfFields = 3

// The bins that carry what a function returned.
const (
	udfSuccess = "SUCCESS"
	udfFailure = "FAILURE" // its error text
)

// NewExecute calls a function on a record, which it may create, change or remove. The call must not
// be changed as long as the command is used; rows of a batch that share a call are written in the short form.
func NewExecute(key protocol.Key, call *UDFCall) Command {
	return Command{Key: key, Info2: Info2Write, udf: call}
}

// check reports a call that no server could take.
func (u *UDFCall) check() error {
	if u.Package == "" || u.Function == "" {
		return fmt.Errorf("%w: a call of function %q in package %q; both need a name", protocol.ErrInvalidCommand, u.Function, u.Package)
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

// UDFResult returns what the function returned of which this is the answer, nil if it returned nothing. A
// failure is in ResultCode and Detail.
func (resp *Response) UDFResult() protocol.Value {
	v, _ := resp.Bins.Get(udfSuccess)
	return v
}

// UDFFailure returns the error text of a stream function, which comes in a message of its own without a result code.
func (resp *Response) UDFFailure() (text string, failed bool) {
	v, failed := resp.Bins.Get(udfFailure)
	text, _ = v.Text()
	return text, failed
}
