package mapper

import (
	"database/sql"
	"io"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type (
	badBase   struct{ ID int }
	badOther  struct{ ID int }
	badNested struct{ Ch chan int }
	badSelf   struct {
		Inner *badSelf `as:",inline"`
	}
	badPointer  *badPointer
	hidden      struct{ _, _ int }
	unnamedKeys struct{ A int }
)

// tagged returns a struct type of ints A, B, ... with tags that vet would refuse in source code.
func tagged(tags ...reflect.StructTag) reflect.Type {
	fields := make([]reflect.StructField, len(tags))
	for i, tag := range tags {
		fields[i] = reflect.StructField{Name: string(rune('A' + i)), Type: reflect.TypeFor[int](), Tag: tag}
	}
	return reflect.StructOf(fields)
}

var tagMistakes = []struct {
	name string
	typ  any
	want []string
}{
	{"unknown codec", struct {
		A int `as:"a,codec=hex"`
	}{}, []string{"struct.A", "codec=hex", "WithNamedCodec"}},
	{"codec without a name", struct {
		A int `as:"a,codec="`
	}{}, []string{"struct.A", `"codec="`, "name"}},
	{"codec and another form", struct {
		A int `as:"a,codec=hex,text"`
	}{}, []string{"struct.A", "codec", "other options"}},
	{"scale of an integer", struct {
		A int `as:"a,scale=2"`
	}{}, []string{"struct.A", "scale", "strings, floats"}},
	{"scale out of range", struct {
		A string `as:"a,scale=19"`
	}{}, []string{"struct.A", `"scale=19"`, "0 to 18"}},
	{"list of no struct", struct {
		A int `as:"a,list"`
	}{}, []string{"struct.A", "list"}},
	{"rest of no map", struct {
		A []int `as:",rest"`
	}{}, []string{"struct.A", "map[string]any"}},
	{"rest with integer keys", struct {
		A map[int]int `as:",rest"`
	}{}, []string{"struct.A", "map[string]any"}},
	{"rest with a bin", struct {
		A map[string]int `as:"a,rest"`
	}{}, []string{"struct.A", "no bin"}},
	{"two rests", struct {
		A, B map[string]int `as:",rest"`
	}{}, []string{"struct.B", "A also"}},
	{"rest in a list", struct {
		A struct {
			X int
			B map[string]int `as:",rest"`
		} `as:"a,list"`
	}{}, []string{"struct.A", "struct.B", "rest"}},
	{"alias in use", struct {
		A int `as:"a,alias=b"`
		B int `as:"b"`
	}{}, []string{"struct.A", "alias=b", "field B"}},
	{"alias twice", struct {
		A int `as:"a,alias=c"`
		B int `as:"b,alias=c"`
	}{}, []string{"struct.B", "alias=c", "field A"}},
	{"long alias", struct {
		A int `as:"a,alias=a_name_that_is_too_long"`
	}{}, []string{"struct.A", "at most 15"}},
	{"required and omitted", struct {
		A int `as:"a,required,omitempty"`
	}{}, []string{"struct.A", "required"}},
	{"version of a bin", struct {
		A int `as:"a,since=2"`
	}{}, []string{"struct.A", "since", "option list"}},
	{"versions reversed", struct {
		A struct {
			B int `as:"b,since=3,until=2"`
		} `as:"a,list"`
	}{}, []string{"struct.A", "struct.B", "until=2"}},
	{"nested metadata", struct {
		A struct {
			B   int
			Gen uint32 `asm:"gen"`
		} `as:"a"`
	}{}, []string{"struct.A", "struct.Gen", "metadata"}},
	{"unregistered interface", struct{ A io.Reader }{}, []string{"struct.A", "WithTypes"}},
	{"unknown option", struct {
		A int `as:"a,omitempt"`
	}{}, []string{"struct.A", `"omitempt"`, "omitempty"}},
	{"option twice", struct {
		A int `as:"a,omitzero,omitzero"`
	}{}, []string{"struct.A", "duplicate"}},
	{"both omissions", struct {
		A int `as:"a,omitempty,omitzero"`
	}{}, []string{"struct.A", "choose one"}},
	{"two units", struct {
		A sql.NullTime `as:"a,unix,unixmilli"`
	}{}, []string{"struct.A", "unixmilli"}},
	{"two kinds of bool", struct {
		A bool `as:"a,bool=int,bool=native"`
	}{}, []string{"struct.A", "bool=native"}},
	{"malformed tag", reflect.New(tagged(`as: "a"`)).Elem().Interface(), []string{"struct.A", "malformed"}},
	{"as and asm", struct {
		A uint32 `as:"a" asm:"gen"`
	}{}, []string{"struct.A", "not both"}},
	{"unknown metadata", struct {
		A uint32 `asm:"generation"`
	}{}, []string{"struct.A", `"generation"`}},
	{"metadata with options", struct {
		A uint32 `asm:"gen,omitempty"`
	}{}, []string{"struct.A", "no options"}},
	{"long bin name", struct {
		A int `as:"a_name_that_is_too_long"`
	}{}, []string{"struct.A", "at most 15"}},
	{"long field name", struct{ AFieldWithALongName int }{}, []string{"struct.AFieldWithALongName", "at most 15"}},
	{"long inlined name", struct {
		A badBase `as:"fourteen_bytes,inline"`
	}{}, []string{"struct.A.ID", "at most 15"}},
	{"same bin twice", struct {
		A int `as:"x"`
		B int `as:"x"`
	}{}, []string{"struct.B", `"x"`, "field A"}},
	{"same promoted bin", struct {
		badBase
		badOther
	}{}, []string{"struct.badOther.ID", "badBase.ID"}},
	{"embedded with a name", struct {
		badBase `as:"base"`
	}{}, []string{"struct.badBase", "flattened"}},
	{"inline of a type that is not a struct", struct {
		A int `as:",inline"`
	}{}, []string{"struct.A", "inline"}},
	{"inline of a value", struct {
		A sql.NullInt64 `as:",inline"`
	}{}, []string{"struct.A", "inline"}},
	{"inline of itself", badSelf{}, []string{"badSelf.Inner", "itself"}},
	{"channel", struct{ A chan int }{}, []string{"struct.A", "chan int"}},
	{"func", struct{ A func() }{}, []string{"struct.A"}},
	{"complex", struct{ A complex64 }{}, []string{"struct.A"}},
	{"channel in a struct", struct{ A []badNested }{}, []string{"struct.A", "Ch", "chan int"}},
	{"interface with methods", struct{ A io.Reader }{}, []string{"struct.A", "io.Reader"}},
	{"float keys", struct{ A map[float64]int }{}, []string{"struct.A", "float64"}},
	{"struct keys", struct{ A map[badBase]int }{}, []string{"struct.A", "badBase"}},
	{"pointer to pointer", struct{ A **int }{}, []string{"struct.A", "pointer to a pointer"}},
	{"pointer to itself", struct{ A badPointer }{}, []string{"struct.A", "pointer to a pointer"}},
	{"nothing exported", struct{ A hidden }{}, []string{"struct.A", "hidden"}},
	{"unix of an int", struct {
		A int `as:"a,unix"`
	}{}, []string{"struct.A", "unix"}},
	{"bool= of a string", struct {
		A string `as:"a,bool=int"`
	}{}, []string{"struct.A", "bool="}},
	{"ordered int", struct {
		A int `as:"a,ordered"`
	}{}, []string{"struct.A", "ordered"}},
	{"text of a slice of bools", struct {
		A []bool `as:"a,text"`
	}{}, []string{"struct.A", "text"}},
	{"blob of a float", struct {
		A float64 `as:"a,blob"`
	}{}, []string{"struct.A", "blob"}},
	{"json and text", struct {
		A int `as:"a,json,text"`
	}{}, []string{"struct.A", "json"}},
	{"two keys", struct {
		A int `as:"a,pk"`
		B int `as:"b,pk"`
	}{}, []string{"struct.B", "A"}},
	{"key with omitempty", struct {
		A int `as:"a,pk,omitempty"`
	}{}, []string{"struct.A", "pk"}},
	{"float key", struct {
		A float64 `as:"a,pk"`
	}{}, []string{"struct.A", "float64"}},
	{"pointer key", struct {
		A *int `as:"a,pk"`
	}{}, []string{"struct.A", "*int"}},
	{"unexported key", struct {
		a int `as:"a,pk"`
	}{}, []string{"struct.a", "unexported"}},
	{"unexported bin", struct {
		a int `as:"a"`
	}{}, []string{"struct.a", "unexported", "export it"}},
	{"unexported metadata", struct {
		a uint32 `asm:"gen"`
	}{}, []string{"struct.a", "unexported"}},
	{"tag in upper case", reflect.New(tagged(`As:"a"`)).Elem().Interface(), []string{"struct.A", "lower case: as"}},
	{"tag twice", reflect.New(tagged(`as:"a" as:"b"`)).Elem().Interface(), []string{"struct.A", "two tags as"}},
	{"malformed tag with a space", reflect.New(tagged(`as :"a"`)).Elem().Interface(), []string{"struct.A", "malformed"}},
	{"malformed tag with =", reflect.New(tagged(`as="a"`)).Elem().Interface(), []string{"struct.A", "malformed"}},
	{"options after a space", struct {
		A int `as:"a pk"`
	}{}, []string{"struct.A", "option pk", `"a,pk"`}},
	{"options after a semicolon", struct {
		A int `as:"a;index;omitempty"`
	}{}, []string{"struct.A", "option omitempty", `"a,index,omitempty"`}},
	{"option as the name", struct {
		A int `as:"omitempty"`
	}{}, []string{"struct.A", `as:",omitempty"`}},
	{"inlined field with a bin in use", struct {
		ID int
		A  badBase `as:",inline"`
	}{}, []string{"struct.A.ID", `"ID"`, "field ID"}},
	{"embedded field with a bin in use", struct {
		A int `as:"ID"`
		badBase
	}{}, []string{"struct.badBase.ID", "field A"}},
	{"small generation", struct {
		A int8 `asm:"gen"`
	}{}, []string{"struct.A", "int8"}},
	{"text generation", struct {
		A string `asm:"gen"`
	}{}, []string{"struct.A", "string"}},
	{"float ttl", struct {
		A float64 `asm:"ttl"`
	}{}, []string{"struct.A", "float64"}},
	{"no bin", struct {
		A int `as:"a,pk"`
	}{}, []string{"no field"}},
	{"not a struct", 5, []string{"int", "not a struct"}},
}

// TestTagMistakes: every mistake is an error that names the struct and the field.
func TestTagMistakes(t *testing.T) {
	for _, c := range tagMistakes {
		t.Run(c.name, func(t *testing.T) {
			_, err := newStore(reflect.TypeOf(c.typ), &config{hasSet: true}, nil)
			require.Error(t, err)
			for _, part := range c.want {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

func TestEveryMistakeIsReported(t *testing.T) {
	_, err := planFor[struct {
		A int `as:"a,nope"`
		B chan int
		C int `as:"a_name_that_is_too_long"`
	}](false)
	for _, field := range []string{"struct.A", "struct.B", "struct.C"} {
		require.ErrorContains(t, err, field)
	}
}

func TestOtherTagsAreIgnored(t *testing.T) {
	p, err := newCompiler(new(config)).compile(tagged("binding required", `json:"class,omitempty" db:"b"`, `as:" c , omitempty "`, `as:"-"`, `as:"-,omitempty"`, `as:",omitempty"`))
	require.NoError(t, err)
	require.Equal(t, []string{"A", "B", "c", "F"}, p.bins)
}

// TestPromotion: promotion follows Go. Outer fields hide inner ones at any depth.
func TestPromotion(t *testing.T) {
	type deep struct{ X, Y, Z int }
	type Base struct {
		deep
		Y, W int
	}
	type Self struct {
		*Self
		V int
	}
	type T struct {
		*Base
		Self
		Z    int
		Home netip.Addr // a struct that is stored as one value
		Addr badBase    `as:"addr_,inline"`
		Work *badBase   `as:"work_,inline"`
		Kept *badBase   // nested
	}
	p := planOf[T](t, false)
	require.Equal(t, []string{"Z", "Home", "Kept", "Y", "W", "V", "addr_ID", "work_ID", "X"}, p.bins)

	x := T{Base: &Base{deep: deep{X: 1, Y: 2, Z: 3}, Y: 4, W: 5}, Self: Self{V: 6}, Z: 7, Addr: badBase{8}, Work: &badBase{9}, Kept: &badBase{10}}
	bins, err := encodeOf(p, &x)
	require.NoError(t, err)
	dirty := T{Base: &Base{W: 1}, Kept: &badBase{1}}
	old := dirty.Base
	require.NoError(t, decodeInto(p, &dirty, overWire(t, bins), false))
	x.deep.Y, x.deep.Z = 0, 0 // hidden fields are not stored
	require.Equal(t, x, dirty)
	require.Equal(t, &Base{W: 1}, old, "what others may hold stays as it is")

	bins, err = encodeOf(p, &T{})
	require.NoError(t, err)
	require.NoError(t, decodeInto(p, &dirty, overWire(t, bins), false))
	require.Equal(t, T{}, dirty, "an embedded pointer without bins is nil")
}

type namedSet struct {
	ID int `as:"id,pk"`
	N  int
}

func (namedSet) AerospikeSet() string { return "elsewhere" }

type OrderLine[T any] struct {
	ID int `as:"id,pk"`
	N  T
}

func TestSet(t *testing.T) {
	named, _ := repoOn[namedSet](t)
	require.Equal(t, "elsewhere", named.Set())
	optioned, _ := repoOn[namedSet](t, WithSet("here"))
	require.Equal(t, "here", optioned.Set())
	null, _ := repoOn[namedSet](t, WithSet(""))
	require.Equal(t, "", null.Set())
	_, err := tryRepo[OrderLine[string]](nil)
	require.ErrorContains(t, err, "OrderLine[string] is an instance of a generic type")
	generic, _ := repoOn[OrderLine[string]](t, WithSet("lines"))
	require.Equal(t, "lines", generic.Set())
	_, err = tryRepo[namedSet](nil, WithSet(strings.Repeat("x", 64)))
	require.ErrorContains(t, err, "longer than 63")
	_, err = tryRepo[struct {
		ID int `as:"id,pk"`
		N  int
	}](nil)
	require.ErrorContains(t, err, "WithSet")
	for in, want := range map[string]string{
		"User": "user", "HTTPServer2Go": "http_server2_go", "UserID": "user_id", "A": "a", "Already_Snake": "already_snake", "ÄrgerÖl": "ärger_öl",
	} {
		require.Equal(t, want, snakeCase(in))
	}
}

type panickingSet struct {
	ID int `as:"id,pk"`
	N  int
}

func (*panickingSet) AerospikeSet() string { panic("oops") }

// TestPanicsOfNew: a panic of a program's own method is an error of New.
func TestPanicsOfNew(t *testing.T) {
	_, err := tryRepo[panickingSet](nil)
	require.ErrorIs(t, err, ErrPanic)
	require.ErrorContains(t, err, "panickingSet")
	_, err = New[namedSet](Source{}, nil)
	require.EqualError(t, err, "mapper: option 1 is nil")
	_, err = Prepare[namedSet](Source{}, "SELECT 1", nil)
	require.EqualError(t, err, "mapper: option 1 is nil")
}

func TestTypesWithoutKey(t *testing.T) {
	_, err := tryRepo[unnamedKeys](nil)
	require.ErrorContains(t, err, "unnamedKeys has no key")
	_, err = tryRepo[unnamedKeys](nil, WithKey(func(*namedSet) any { return 1 }))
	require.ErrorContains(t, err, "WithKey takes a *mapper.namedSet")
	_, err = tryRepo[namedSet](nil, WithKey(func(*namedSet) any { return 1 }))
	require.ErrorContains(t, err, "namedSet.ID is tagged pk")
	_, err = tryRepo[unnamedKeys](nil, WithKey[unnamedKeys](nil))
	require.Error(t, err)
}

func TestSources(t *testing.T) {
	_, err := New[namedSet]((*sql.DB)(nil))
	require.ErrorContains(t, err, "nil")
}
