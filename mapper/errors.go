package mapper

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// Causes for errors.Is. An error of the server also matches its result code, such as
// protocol.KeyNotFound.
var (
	// ErrNotFound means that there is no record with the key.
	ErrNotFound = errors.New("no such record")
	// ErrExists means that Insert found a record with the key.
	ErrExists = errors.New("record already exists")
	// ErrStale means that the record was written since the object was read. See [StaleError].
	ErrStale = errors.New("record has been changed by others")
	// ErrInDoubt means that a write failed but may have been applied, because a response was lost.
	// The client's *protocol.Error has InDoubt set. The error is never ErrNotFound, ErrExists or
	// ErrStale, whatever the server's code. Read the record before you repeat the write.
	ErrInDoubt = errors.New("write in doubt")
	// ErrRange means that a number, time or length doesn't fit.
	ErrRange = errors.New("out of range")
	// ErrType means that a value's type doesn't fit the field, bin or key.
	ErrType = errors.New("wrong type")
	// ErrNothingToWrite means that all bins of the object are omitted or NULL, so that the write
	// would not create a record.
	ErrNothingToWrite = errors.New("nothing to write: a record needs at least one bin")
	// ErrMissingBin means that a field with option required has no value: the bin is missing or
	// NULL in the record that was read, or the field is NULL in the object to be written.
	ErrMissingBin = errors.New("the bin is required and missing")
	// ErrUnknownBin means that no field has a bin of the record; see [WithKnownBins].
	ErrUnknownBin = errors.New("no field has the bin")
	// ErrPanic means that a method or function of the program panicked while a value was encoded or
	// decoded.
	ErrPanic = errors.New("panic in a method")
	// ErrNoUserKey means that a record was stored without its user key, so that the field tagged pk
	// can't be set.
	ErrNoUserKey = errors.New("the record was stored without its user key")
)

// A FieldError reports a field that could not be written or read. Unwrap returns the cause:
// [ErrRange], [ErrType], [ErrMissingBin], [ErrUnknownBin], [ErrPanic] or the error of one of the
// type's own methods.
type FieldError struct {
	Struct string // the mapped type, such as "User"
	Field  string // the path of the field, such as "Address.Zip" or "Tags[3]"; "" for ErrUnknownBin
	Bin    string // the bin; "" for the key and for metadata
	Err    error
}

// Error returns a text with the field and the bin.
func (e *FieldError) Error() string {
	var b strings.Builder
	b.WriteString("mapper: " + e.Struct)
	if e.Field != "" {
		b.WriteString("." + e.Field)
	}
	if e.Bin != "" {
		fmt.Fprintf(&b, " (bin %q)", e.Bin)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Err }

// A StaleError reports a write that was refused because the record's generation differs from the
// object's. Read the record again and repeat the change, or use [Repo.Modify], which does so.
// errors.Is finds [ErrStale] and protocol.GenerationError.
type StaleError struct {
	Key protocol.Key
	// Want is the object's generation.
	Want uint32
	// Err is the client's error.
	Err error
}

// Error returns a text with the key and the expected generation.
func (e *StaleError) Error() string {
	return fmt.Sprintf("mapper: %v: %v since generation %d", e.Key, ErrStale, e.Want)
}

// Is reports whether target is ErrStale.
func (e *StaleError) Is(target error) bool { return target == ErrStale }

// Unwrap returns the client's error.
func (e *StaleError) Unwrap() error { return e.Err }

// A ManyError reports the items of SaveMany, FindMany and the other Many methods that failed. The
// other items succeeded. Unwrap returns the errors of all failed items, so errors.Is finds any of
// them.
type ManyError struct {
	// Errors has an element for each argument, in their order. It is nil if the item succeeded.
	Errors []error
}

// Error returns a text with the number of failures and the first one.
func (e *ManyError) Error() string {
	failed, first := 0, -1
	for i, err := range e.Errors {
		if err == nil {
			continue
		}
		if first < 0 {
			first = i
		}
		failed++
	}
	if first < 0 {
		return "mapper: no item failed"
	}
	return fmt.Sprintf("mapper: %d of %d items failed; item %d: %v", failed, len(e.Errors), first, e.Errors[first])
}

// Unwrap returns the errors of the items that failed.
func (e *ManyError) Unwrap() []error {
	failed := make([]error, 0, len(e.Errors))
	for _, err := range e.Errors {
		if err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// manyErrors returns nil if no item failed.
func manyErrors(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return &ManyError{Errors: errs}
		}
	}
	return nil
}

// inDoubt reports whether a write that failed may have been applied.
func inDoubt(err error) bool {
	e, ok := errors.AsType[*protocol.Error](err)
	return ok && e.InDoubt
}

// A keyError adds the key and a cause of this package to an error of the client.
type keyError struct {
	cause error
	key   protocol.Key
	err   error
}

func (e *keyError) Error() string   { return fmt.Sprintf("mapper: %v: %v", e.key, e.cause) }
func (e *keyError) Unwrap() []error { return []error{e.cause, e.err} }

// wrongType returns the error for a value whose kind doesn't fit the Go type.
func wrongType(v protocol.Value, want string) error {
	return &kindError{holder: "the bin holds", kind: v.Kind(), want: want}
}

// A kindError is an ErrType for a value whose kind doesn't fit the Go type.
type kindError struct {
	holder string // where the value comes from, such as "the bin holds"
	kind   protocol.Kind
	want   string
}

func (e *kindError) Error() string {
	return fmt.Sprintf("%v: %s %s, the field takes %s", ErrType, e.holder, article(e.kind.String()), e.want)
}

func (e *kindError) Unwrap() error { return ErrType }

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// maxCyclePath limits the path in the error for a value that contains itself.
const maxCyclePath = 60

// withPath prepends a step to the path of an error: a field's name, or an index in brackets.
func withPath(step string, err error) *FieldError {
	inner, ok := err.(*FieldError)
	switch {
	case !ok:
		return &FieldError{Field: step, Err: err}
	case inner.Err == errTooDeep && len(inner.Field) > maxCyclePath:
		// The outermost steps of a cycle are enough.
		return &FieldError{Field: step + "...", Err: inner.Err}
	case strings.HasPrefix(inner.Field, "["):
		return &FieldError{Field: step + inner.Field, Err: inner.Err}
	}
	return &FieldError{Field: step + "." + inner.Field, Err: inner.Err}
}

var errTooDeep = fmt.Errorf("%w: more than %d levels deep, or a cycle", ErrRange, protocol.MaxDepth)

// typeName is the type's name for error messages.
func typeName(t reflect.Type) string {
	if t.Name() == "" {
		return "struct"
	}
	return t.Name()
}
