package mapper

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// Causes to be asked for with errors.Is. An error that came from the server is
// also reachable by its result code, e.g. protocol.KeyNotFound.
var (
	// ErrNotFound means that there is no record under the key.
	ErrNotFound = errors.New("no such record")
	// ErrExists means that Insert found a record under the key.
	ErrExists = errors.New("record exists already")
	// ErrStale means that the record has been written since the object was read. See [StaleError].
	ErrStale = errors.New("record has been changed by others")
	// ErrInDoubt means that a write has failed but may have been applied: an answer was lost, and
	// the client's *protocol.Error says InDoubt. Such an error is never ErrNotFound, ErrExists or
	// ErrStale, whatever its code. Read the record before the write is repeated.
	ErrInDoubt = errors.New("write in doubt")
	// ErrRange means a number, time or length that does not fit where it should go.
	ErrRange = errors.New("out of range")
	// ErrType means that a bin holds something else than its field can take.
	ErrType = errors.New("wrong type")
	// ErrNothingToWrite means that every bin of the object is left out or empty,
	// so that the write would not make a record.
	ErrNothingToWrite = errors.New("nothing to write: a record needs at least one bin")
	// ErrNoUserKey means a record that was stored without its user key, so that
	// the field tagged pk can't be filled.
	ErrNoUserKey = errors.New("the record was stored without its user key")
)

// A FieldError says which field could not be written or read. Unwrap gives the
// cause: [ErrRange], [ErrType] or what the type's own methods returned.
type FieldError struct {
	Struct string // the mapped type, e.g. "User"
	Field  string // the path to the field, e.g. "Address.Zip" or "Tags[3]"
	Bin    string // the bin, "" for the key and for metadata
	Err    error
}

// Error names field and bin.
func (e *FieldError) Error() string {
	var b strings.Builder
	b.WriteString("mapper: " + e.Struct + "." + e.Field)
	if e.Bin != "" {
		fmt.Fprintf(&b, " (bin %q)", e.Bin)
	}
	b.WriteString(": " + e.Err.Error())
	return b.String()
}

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Err }

// A StaleError is a write that was refused because the record's generation is
// not the object's any more: read the record again and repeat the change on
// it, or let [Repo.Modify] do so. errors.Is finds [ErrStale] and protocol.GenerationError.
type StaleError struct {
	Key protocol.Key
	// Want is the generation that the object had.
	Want uint32
	// Err is the client's error.
	Err error
}

// Error names the key and the generation that was expected.
func (e *StaleError) Error() string {
	return fmt.Sprintf("mapper: %v: %v since generation %d", e.Key, ErrStale, e.Want)
}

// Is reports whether target is ErrStale.
func (e *StaleError) Is(target error) bool { return target == ErrStale }

// Unwrap returns the client's error.
func (e *StaleError) Unwrap() error { return e.Err }

// A ManyError reports the items of SaveMany, FindMany and their like that
// failed; the others are done. Unwrap gives all errors, so that errors.Is finds any of them.
type ManyError struct {
	// Errors has a place for each item, in the order of the arguments, nil where all went well.
	Errors []error
}

// Error counts the failures and names the first.
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

// keyError adds key and verdict of ours to an error of the client.
type keyError struct {
	cause error
	key   protocol.Key
	err   error
}

func (e *keyError) Error() string   { return fmt.Sprintf("mapper: %v: %v", e.key, e.cause) }
func (e *keyError) Unwrap() []error { return []error{e.cause, e.err} }

// wrongType is the error of a value whose kind the Go type can't take.
func wrongType(v protocol.Value, want string) error {
	return &kindError{holder: "the bin holds", kind: v.Kind(), want: want}
}

// A kindError is ErrType for a value of a kind that the Go type can't take.
type kindError struct {
	holder string // what has the value
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

// maxCyclePath bounds the path of a value that is nested without an end.
const maxCyclePath = 60

// within adds a step to the path of an error: a field's name, or an index in brackets.
func withPath(step string, err error) *FieldError {
	inner, ok := err.(*FieldError)
	switch {
	case !ok:
		return &FieldError{Field: step, Err: err}
	case inner.Err == errTooDeep && len(inner.Field) > maxCyclePath:
		// Of a path through a cycle the outermost steps are enough.
		return &FieldError{Field: step + "...", Err: inner.Err}
	case strings.HasPrefix(inner.Field, "["):
		return &FieldError{Field: step + inner.Field, Err: inner.Err}
	}
	return &FieldError{Field: step + "." + inner.Field, Err: inner.Err}
}
