package mapper

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// Structs whose methods are those of what they embed, beside other fields.
type (
	timeAndNote struct { //nolint:recvcheck // the methods are time.Time's
		time.Time
		Note string
	}
	noteAndTime struct {
		Note string
		time.Time
	}
	timePointer struct {
		*time.Time
		Note string
	}
	nullAndNote struct {
		sql.NullString
		Note string
	}
	addrAndPort struct {
		netip.Addr
		Port int
	}
	bigAndScale struct {
		big.Int
		Scale int
	}
	binAndNote struct {
		ownBin
		Note string
	}
	deep struct {
		timeAndNote
		More int
	}
	anyTime[T any] struct {
		time.Time
		Note T
	}
)

// Structs that store themselves, or lose nothing.
type (
	onlyTime struct{ time.Time }
	ownText  struct {
		time.Time
		Note string
	}
	ownTextByValue struct {
		time.Time
		Note string
	}
	ownValuer struct {
		sql.NullString
		Note string
	}
	ownGeneric[T any] struct {
		time.Time
		Note T
	}
	ownBin    struct{ n int64 }
	noMethods struct {
		plainPart
		Note string
	}
	plainPart    struct{ N int }
	timeAndCache struct {
		time.Time
		Text  string `as:"-"`
		cache string
	}
)

func (o ownBin) MarshalBin() (protocol.Value, error) { return protocol.Int(o.n), nil }
func (o *ownBin) UnmarshalBin(v protocol.Value) error {
	o.n, _ = v.Int()
	return nil
}

func (o *ownText) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d %s", o.Unix(), o.Note), nil
}
func (o *ownText) UnmarshalText(text []byte) error {
	var seconds int64
	_, err := fmt.Sscanf(string(text), "%d %s", &seconds, &o.Note)
	o.Time = time.Unix(seconds, 0).UTC()
	return err
}

func (o ownTextByValue) MarshalText() ([]byte, error) { return []byte(o.Note), nil }
func (o *ownTextByValue) UnmarshalText(text []byte) error {
	o.Note = string(text)
	return nil
}

func (o ownValuer) Value() (driver.Value, error) { return o.String + "|" + o.Note, nil }
func (o *ownValuer) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return errors.New("not a string")
	}
	o.Note = s
	return nil
}

func (o ownGeneric[T]) MarshalText() ([]byte, error) { return fmt.Append(nil, o.Note), nil }
func (o *ownGeneric[T]) UnmarshalText(text []byte) error {
	_, err := fmt.Sscan(string(text), &o.Note)
	return err
}

// newHolder returns the error of New for a struct with a field of a type.
func newHolder(field any) error {
	cfg, err := configOf([]Option{WithSet("holders")})
	if err != nil {
		return err
	}
	t := reflect.StructOf([]reflect.StructField{
		{Name: "ID", Type: reflect.TypeFor[int](), Tag: `as:",pk"`}, {Name: "V", Type: reflect.TypeOf(field)},
	})
	_, err = newStore(t, cfg, nil)
	return err
}

// A method that a struct has from a field that it embeds would lose its other fields, so New
// refuses the struct.
func TestPromotedMethods(t *testing.T) {
	for _, field := range []any{
		timeAndNote{}, noteAndTime{}, timePointer{}, nullAndNote{}, addrAndPort{}, bigAndScale{}, binAndNote{}, deep{}, anyTime[int]{},
		[]timeAndNote{}, map[string]timeAndNote{}, &timeAndNote{},
	} {
		err := newHolder(field)
		require.ErrorContains(t, err, "V", "%T", field)
		require.ErrorContains(t, err, "is that of the embedded", "%T", field)
		require.ErrorContains(t, err, "give the embedded field a name", "%T", field)
	}
	for _, field := range []any{
		onlyTime{}, ownText{}, ownTextByValue{}, ownValuer{}, ownGeneric[int]{}, noMethods{}, timeAndCache{cache: "x"},
	} {
		require.NoError(t, newHolder(field), "%T", field)
	}
}
