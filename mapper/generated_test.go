package mapper

import (
	"errors"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// genTen is ten with the methods that aerosql gen writes for it.
type genTen struct {
	ID      int64    `as:"id"`
	Age     int      `as:"age"`
	Visits  uint32   `as:"visits"`
	Level   int16    `as:"level"`
	Name    string   `as:"name"`
	Mail    string   `as:"mail"`
	City    string   `as:"city"`
	Balance float64  `as:"balance"`
	Active  bool     `as:"active"`
	Token   [16]byte `as:"token,blob"`
}

func (*genTen) BinForms() string {
	return "genTen id:int age:int visits:uint level:int name:string mail:string city:string balance:float active:bool token:array"
}

func (x *genTen) AppendBins(w *BinWriter) {
	w.Int("id", x.ID)
	w.Int("age", int64(x.Age))
	w.Uint("visits", uint64(x.Visits))
	w.Int("level", int64(x.Level))
	w.String("name", x.Name)
	w.String("mail", x.Mail)
	w.String("city", x.City)
	w.Float("balance", x.Balance)
	w.Bool("active", x.Active)
	w.Bytes("token", x.Token[:])
}

func (x *genTen) DecodeBins(r *BinReader) {
	for r.Next() {
		switch r.Name() {
		case "id":
			ReadInt(r, &x.ID)
		case "age":
			ReadInt(r, &x.Age)
		case "visits":
			ReadInt(r, &x.Visits)
		case "level":
			ReadInt(r, &x.Level)
		case "name":
			ReadString(r, &x.Name)
		case "mail":
			ReadString(r, &x.Mail)
		case "city":
			ReadString(r, &x.City)
		case "balance":
			ReadFloat(r, &x.Balance)
		case "active":
			ReadBool(r, &x.Active)
		case "token":
			ReadArray(r, x.Token[:])
		default:
			r.Other()
		}
	}
}

// genMixed has fields that only the plan can write, between others.
type genMixed struct {
	U     uint64    `as:"u"`
	At    time.Time `as:"at"`
	Photo []byte    `as:"photo"`
	Note  string    `as:"note,omitempty"`
	Tags  []string  `as:"tags"`
	B     bool      `as:"b"`
}

func (*genMixed) BinForms() string {
	return "genMixed u:uint at:field photo:bytes note:field tags:field b:bool"
}

func (x *genMixed) AppendBins(w *BinWriter) {
	w.Uint("u", x.U)
	w.Field(1)
	w.Bytes("photo", x.Photo)
	w.Field(3)
	w.Field(4)
	w.Bool("b", x.B)
}

func (x *genMixed) DecodeBins(r *BinReader) {
	for r.Next() {
		switch r.Name() {
		case "u":
			ReadInt(r, &x.U)
		case "photo":
			ReadBytes(r, &x.Photo)
		case "b":
			ReadBool(r, &x.B)
		default:
			r.Other()
		}
	}
}

// bothPlans returns the plans of a type with and without its generated methods.
func bothPlans[T any](t *testing.T, native bool) (with, without *plan) {
	with, err := newCompiler(&config{native: native}).compile(reflect.TypeFor[T]())
	require.NoError(t, err)
	require.True(t, with.methods)
	without, err = newCompiler(&config{native: native, noMethods: true}).compile(reflect.TypeFor[T]())
	require.NoError(t, err)
	require.False(t, without.methods)
	return with, without
}

// requireSameTiers requires that generated methods write the bytes of the plan, and read what it
// reads, also into a used object.
func requireSameTiers[T any](t *testing.T, native bool, x, used T) {
	with, without := bothPlans[T](t, native)
	for _, nulls := range []bool{true, false} {
		a, b := BinWriter{nulls: nulls}, BinWriter{nulls: nulls}
		require.NoError(t, with.write(&a, unsafe.Pointer(&x)))
		require.NoError(t, without.write(&b, unsafe.Pointer(&x)))
		require.Equal(t, b.encoded, a.encoded)
		for _, y := range []T{*new(T), used} {
			require.NoError(t, with.decodeEncoded(unsafe.Pointer(&y), a.encoded, false))
			require.Equal(t, x, y)
		}
	}
}

// TestL7GeneratedMethods: the generated methods store the same bytes as the other tiers.
func TestL7GeneratedMethods(t *testing.T) {
	at := time.Unix(1, 5).UTC()
	for _, native := range []bool{false, true} {
		ten := genTen(*tenObject())
		requireSameTiers(t, native, ten, genTen{Name: "old", Active: true, ID: 9})
		requireSameTiers(t, native, genTen{}, ten)
		mixed := genMixed{1 << 62, at, []byte{1}, "note", []string{"a", "b"}, true}
		requireSameTiers(t, native, mixed, genMixed{})
		requireSameTiers(t, native, genMixed{Photo: []byte{}}, mixed)
		requireSameTiers(t, native, genMixed{}, mixed)
	}
}

func TestGeneratedMethodsReportErrors(t *testing.T) {
	with, without := bothPlans[genMixed](t, false)
	for _, x := range []genMixed{{U: 1 << 63}, {At: time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)}} {
		a, b := BinWriter{nulls: true}, BinWriter{nulls: true}
		err := with.write(&a, unsafe.Pointer(&x))
		require.ErrorIs(t, err, ErrRange)
		require.EqualError(t, without.write(&b, unsafe.Pointer(&x)), err.Error())
	}
	for _, bin := range []protocol.Bin{
		protocol.NewBin("u", -1), protocol.NewBin("u", "text"), protocol.NewBin("photo", 1), protocol.NewBin("b", 2), protocol.NewBin("tags", 1),
	} {
		var x, y genMixed
		err := with.decodeEncoded(unsafe.Pointer(&x), encodedBins(t, protocol.Bins{bin}), true)
		require.Error(t, err)
		require.EqualError(t, without.decodeEncoded(unsafe.Pointer(&y), encodedBins(t, protocol.Bins{bin}), true), err.Error())
	}
	cut := encodedBins(t, protocol.Bins{protocol.NewBin("u", 1)})
	cut.Ops = cut.Ops[:10]
	require.ErrorIs(t, with.decodeEncoded(unsafe.Pointer(new(genMixed)), cut, true), protocol.ErrMalformed)
}

type genEmbeds struct {
	genTen
	More int `as:"more"`
}

type genStale struct {
	A int `as:"a"`
	B int `as:"b"`
}

func (*genStale) BinForms() string      { return "genStale a:int c:int" }
func (*genStale) AppendBins(*BinWriter) {}
func (*genStale) DecodeBins(*BinReader) {}

// TestGeneratedMethodsOutOfDate: methods of another version of the struct are an error, those of an
// embedded struct are not used, and those that an option makes wrong are not used either.
func TestGeneratedMethodsOutOfDate(t *testing.T) {
	_, err := planFor[genStale](false)
	require.EqualError(t, err, `mapper: the generated method AppendBins of genStale is out of date: its bin 2 is "c", and the struct's is "b"; run aerosql gen`)
	require.False(t, planOf[genEmbeds](t, false).methods)
	cfg := new(config)
	require.NoError(t, WithCodec(Codec[string]{
		Encode: func(s string) (protocol.Value, error) { return protocol.String("<" + s), nil },
		Decode: func(protocol.Value) (string, error) { return "", errors.New("no") },
	})(cfg))
	p, err := newCompiler(cfg).compile(reflect.TypeFor[genTen]())
	require.NoError(t, err)
	require.False(t, p.methods)
}

func BenchmarkGenerated(b *testing.B) {
	p, x := planOf[genTen](b, false), genTen(*tenObject())
	var w BinWriter
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.reset(true)
			_ = p.write(&w, unsafe.Pointer(&x))
		}
	})
	b.Run("decode", func(b *testing.B) {
		var y genTen
		w.reset(true)
		_ = p.write(&w, unsafe.Pointer(&x))
		b.ReportAllocs()
		for b.Loop() {
			_ = p.decodeEncoded(unsafe.Pointer(&y), w.encoded, false)
		}
	})
}
