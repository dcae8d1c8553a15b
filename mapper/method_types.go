package mapper

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"reflect"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// The types of the interfaces by which a type can say how it is stored, and time.Time.
var (
	binMarshalerType      = reflect.TypeFor[BinMarshaler]()
	binUnmarshalerType    = reflect.TypeFor[BinUnmarshaler]()
	textMarshalerType     = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshalerType   = reflect.TypeFor[encoding.TextUnmarshaler]()
	binaryMarshalerType   = reflect.TypeFor[encoding.BinaryMarshaler]()
	binaryUnmarshalerType = reflect.TypeFor[encoding.BinaryUnmarshaler]()
	valuerType            = reflect.TypeFor[driver.Valuer]()
	scannerType           = reflect.TypeFor[sql.Scanner]()
	timeType              = reflect.TypeFor[time.Time]()
)

// A BinMarshaler encodes itself as a value. The mapper uses it only for types that also implement
// [BinUnmarshaler].
type BinMarshaler interface {
	// MarshalBin returns the value to store, or protocol.Nil() for NULL.
	MarshalBin() (protocol.Value, error)
}

// A BinUnmarshaler decodes what MarshalBin returned.
type BinUnmarshaler interface {
	// UnmarshalBin sets the receiver, which is zero. It is not called for NULL, for which the
	// mapper sets the zero value. The value shares memory with the response: copy strings and bytes
	// that you keep.
	UnmarshalBin(v protocol.Value) error
}
