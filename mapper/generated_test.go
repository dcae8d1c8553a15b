package mapper

import (
	"errors"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
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

func (x *genTen) AppendBins(w BinWriter) error {
	w = w.Int("\x00\x00\x00\x0e\x02\x01\x00\x02"+"id", x.ID)
	w = w.Int("\x00\x00\x00\x0f\x02\x01\x00\x03"+"age", int64(x.Age))
	w = w.Uint("\x00\x00\x00\x12\x02\x01\x00\x06"+"visits", uint64(x.Visits))
	w = w.Int("\x00\x00\x00\x11\x02\x01\x00\x05"+"level", int64(x.Level))
	w = w.String("\x00\x00\x00\b\x02\x03\x00\x04"+"name", x.Name)
	w = w.String("\x00\x00\x00\b\x02\x03\x00\x04"+"mail", x.Mail)
	w = w.String("\x00\x00\x00\b\x02\x03\x00\x04"+"city", x.City)
	w = w.Float("\x00\x00\x00\x13\x02\x02\x00\a"+"balance", x.Balance)
	w = w.Bool("active", x.Active)
	w = w.Bytes("\x00\x00\x00\t\x02\x04\x00\x05"+"token", x.Token[:])
	return w.End()
}

func (x *genTen) DecodeBins(r BinReader) error {
	ReadInt(&r, 0, &x.ID)
	ReadInt(&r, 1, &x.Age)
	ReadInt(&r, 2, &x.Visits)
	ReadInt(&r, 3, &x.Level)
	ReadString(&r, 4, &x.Name)
	ReadString(&r, 5, &x.Mail)
	ReadString(&r, 6, &x.City)
	ReadFloat(&r, 7, &x.Balance)
	ReadBool(&r, 8, &x.Active)
	ReadArray(&r, 9, x.Token[:])
	return r.End()
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

func (x *genMixed) AppendBins(w BinWriter) error {
	w = w.Uint("\x00\x00\x00\r\x02\x01\x00\x01"+"u", x.U)
	w = w.Field(1)
	w = w.Bytes("\x00\x00\x00\t\x02\x04\x00\x05"+"photo", x.Photo)
	w = w.Field(3)
	w = w.Field(4)
	w = w.Bool("b", x.B)
	return w.End()
}

func (x *genMixed) DecodeBins(r BinReader) error {
	ReadInt(&r, 0, &x.U)
	r.Field(1) // At
	ReadBytes(&r, 2, &x.Photo)
	r.Field(3) // Note
	r.Field(4) // Tags
	ReadBool(&r, 5, &x.B)
	return r.End()
}

// bothPlans returns the plans of a type with and without its generated methods.
func bothPlans[T any](t testing.TB, native bool) (with, without *plan) {
	with, err := newCompiler(&config{native: native}).compile(reflect.TypeFor[T]())
	require.NoError(t, err)
	require.NotNil(t, with.methods)
	without, err = newCompiler(&config{native: native, noMethods: true}).compile(reflect.TypeFor[T]())
	require.NoError(t, err)
	require.Nil(t, without.methods)
	return with, without
}

// requireSameTiers requires that generated methods write the bytes of the plan, and read what it
// reads, also into a used object.
func requireSameTiers[T any](t *testing.T, native bool, x, used T) {
	with, without := bothPlans[T](t, native)
	for _, nulls := range []bool{true, false} {
		a, b := binEncoder{nulls: nulls}, binEncoder{nulls: nulls}
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
		a, b := binEncoder{nulls: true}, binEncoder{nulls: true}
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

func (*genStale) BinForms() string             { return "genStale a:int c:int" }
func (*genStale) AppendBins(w BinWriter) error { return w.End() }
func (*genStale) DecodeBins(r BinReader) error { return r.End() }

// TestGeneratedMethodsOutOfDate: methods of another version of the struct are an error, those of an
// embedded struct are not used, and those that an option makes wrong are not used either.
func TestGeneratedMethodsOutOfDate(t *testing.T) {
	_, err := planFor[genStale](false)
	require.EqualError(t, err, `mapper: the generated method AppendBins of genStale is out of date: its bin 2 is "c", and the struct's is "b"; run aerosql gen`)
	require.Nil(t, planOf[genEmbeds](t, false).methods)
	cfg := new(config)
	require.NoError(t, WithCodec(Codec[string]{
		Encode: func(s string) (protocol.Value, error) { return protocol.String("<" + s), nil },
		Decode: func(protocol.Value) (string, error) { return "", errors.New("no") },
	})(cfg))
	p, err := newCompiler(cfg).compile(reflect.TypeFor[genTen]())
	require.NoError(t, err)
	require.Nil(t, p.methods)
}

// FuzzGenerated reads arbitrary responses with generated methods and without them: the objects and
// the errors are the same.
func FuzzGenerated(f *testing.F) {
	ten := genTen(*tenObject())
	mixed := genMixed{1 << 62, time.Unix(1, 5).UTC(), []byte{1}, "note", []string{"a", "b"}, true}
	tens, tensWithout := bothPlans[genTen](f, false)
	mixes, mixesWithout := bothPlans[genMixed](f, true)
	for _, write := range []func(w *binEncoder) error{
		func(w *binEncoder) error { return tens.write(w, unsafe.Pointer(&ten)) },
		func(w *binEncoder) error { return mixes.write(w, unsafe.Pointer(&mixed)) },
	} {
		var w binEncoder
		require.NoError(f, write(&w))
		f.Add(uint16(w.encoded.Count), w.encoded.Ops)
	}
	f.Fuzz(func(t *testing.T, count uint16, ops []byte) {
		header := wire.Header{OpCount: count}
		var resp wire.Response
		if _, err := resp.ParseEncoded(append(header.AppendTo(nil), ops...), false); err != nil {
			return
		}
		var a, b genTen
		requireSameError(t, tens.decodeEncoded(unsafe.Pointer(&a), resp.Encoded, true), tensWithout.decodeEncoded(unsafe.Pointer(&b), resp.Encoded, true), a, b)
		var c, d genMixed
		requireSameError(t, mixes.decodeEncoded(unsafe.Pointer(&c), resp.Encoded, true), mixesWithout.decodeEncoded(unsafe.Pointer(&d), resp.Encoded, true), c, d)
	})
}

// requireSameError requires that both ways of reading gave the same error, or the same object.
func requireSameError[T any](t *testing.T, err, want error, x, wantObject T) {
	if want != nil {
		require.EqualError(t, err, want.Error())
		return
	}
	require.NoError(t, err)
	require.True(t, sameValue(reflect.ValueOf(&wantObject).Elem(), reflect.ValueOf(&x).Elem()), "want %+v\ngot  %+v", wantObject, x)
}

func BenchmarkGenerated(b *testing.B) {
	p, x := planOf[genTen](b, false), genTen(*tenObject())
	var w binEncoder
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
