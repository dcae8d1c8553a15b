package mapper

import (
	"fmt"
	"go/format"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lawTypesFile has random struct types, for which aerosql gen has written methods.
const lawTypesFile = "testdata/lawtypes/types.go"

// TestLawTypesAreRandom: package lawtypes has the types that the sampler draws. UPDATE=1 writes
// them. Run go generate in the package then.
func TestLawTypesAreRandom(t *testing.T) {
	want, err := format.Source([]byte(lawTypesSource()))
	require.NoError(t, err)
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile(lawTypesFile, want, 0o600))
	}
	got, err := os.ReadFile(lawTypesFile)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

const lawTypeCount = 50

// lawTypesSource returns the source of the types.
func lawTypesSource() string {
	var names, types strings.Builder
	for n, seed := 0, uint64(1); n < lawTypeCount; seed++ {
		s := newSampler(seed)
		s.leaves = slices.DeleteFunc(slices.Clone(leafTypes), func(l leafType) bool { return isOfTests(l.typ) })
		s.keys = slices.DeleteFunc(slices.Clone(keyTypes), isOfTests)
		typ := s.drawStruct(2, false)
		if !canHaveMethods(typ) {
			continue
		}
		n++
		fmt.Fprintf(&names, "reflect.TypeFor[T%02d](),\n", n)
		fmt.Fprintf(&types, "\ntype T%02d struct {\n", n)
		for i := range typ.NumField() {
			f := typ.Field(i)
			fmt.Fprintf(&types, "%s %s `%s`\n", f.Name, s.named(f.Type.String()), f.Tag)
		}
		types.WriteString("}\n")
	}
	return lawTypesHead + "var All = []reflect.Type{\n" + names.String() + "}\n" + types.String()
}

// isOfTests reports whether a type is defined by the tests of this package.
func isOfTests(t reflect.Type) bool { return t.PkgPath() == reflect.TypeFor[sampler]().PkgPath() }

// canHaveMethods reports whether aerosql gen writes methods for a struct.
func canHaveMethods(t reflect.Type) bool {
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("as"); strings.Contains(tag, ",alias") || strings.Contains(tag, ",rest") {
			return false
		}
	}
	return true
}

// named replaces some types by the named types of package lawtypes.
func (s *sampler) named(typ string) string {
	name, ok := map[string]string{"int8": "Level", "string": "Name", "bool": "Flag", "[]uint8": "Data", "float64": "Ratio", "uint16": "Port", "[4]uint8": "Addr"}[typ]
	if ok && s.chance(40) {
		return name
	}
	return typ
}

const lawTypesHead = `// Package lawtypes has random struct types, which the tests of package mapper have drawn, and the
// methods that aerosql gen has written for them.
package lawtypes

import (
	"database/sql"
	"math/big"
	"net/netip"
	"reflect"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

//go:generate go run ../../../cmd/aerosql gen

// Named types of basic kinds.
type (
	Level int8
	Name  string
	Flag  bool
	Data  []byte
	Ratio float64
	Port  uint16
	Addr  [4]byte
)

// All has the types.
`
