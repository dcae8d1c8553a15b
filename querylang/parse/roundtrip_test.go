package parse_test

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

// dump returns a tree as text, for comparison, without what depends on the text that it was parsed
// from.
func dump(x any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(x))
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	if !v.IsValid() {
		b.WriteString("nil")
		return
	}
	switch x := v.Interface().(type) {
	case ast.Pos:
		return
	case protocol.Value:
		fmt.Fprintf(b, "%s(%q)", x.Kind(), x)
		return
	case ast.SelectItem:
		x.Text = ""
		v = reflect.ValueOf(x)
	case ast.User: // a password is not printed
		if _, ok := x.Password.(*ast.Literal); ok {
			x.Password = &ast.Literal{Value: protocol.String("***")}
		}
		v = reflect.ValueOf(x)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		dumpValue(b, v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			b.WriteString("[")
			dumpValue(b, v.Index(i))
			b.WriteString("]")
		}
	case reflect.Struct:
		b.WriteString(v.Type().Name() + "{")
		for i := range v.NumField() {
			dumpValue(b, v.Field(i))
			b.WriteString(";")
		}
		b.WriteString("}")
	default:
		fmt.Fprintf(b, "%v", v.Interface())
	}
}

// requireRoundTrip checks that a statement's text parses to the same statement in the standard
// dialect.
func requireRoundTrip(t require.TestingT, s ast.Statement) {
	text := s.String()
	again, err := parse.One(text, parse.Standard)
	require.NoError(t, err, text)
	require.Equal(t, dump(s), dump(again.Statement), text)
	require.Equal(t, text, again.Statement.String())
}
