package exam

import (
	"database/sql"
	sqldriver "database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// values evaluates a list of expressions in Go's syntax.
func values(text string) ([]any, error) {
	e, err := parser.ParseExpr("f(" + text + ")")
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return evalAll(e.(*ast.CallExpr).Args)
}

// tuples evaluates rows of the form (1, 2) (3, 4).
func tuples(text string) (rows [][]any, err error) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		end := closing(text)
		if text[0] != '(' || end < 0 {
			return nil, fmt.Errorf("%q is not a row", text)
		}
		row, err := values(text[1:end])
		if err != nil {
			return nil, err
		}
		rows, text = append(rows, row), text[end+1:]
	}
	return rows, nil
}

// closing returns the position of the parenthesis that closes the first one, or -1.
func closing(text string) int {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func evalAll(list []ast.Expr) ([]any, error) {
	all := []any{}
	for _, e := range list {
		v, err := eval(e)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func eval(e ast.Expr) (any, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return literal(e, "")
	case *ast.UnaryExpr:
		if lit, ok := e.X.(*ast.BasicLit); ok && e.Op == token.SUB {
			return literal(lit, "-")
		}
	case *ast.Ident:
		if v, ok := constants[e.Name]; ok {
			return v, nil
		}
	case *ast.CallExpr:
		args, err := evalAll(e.Args)
		if err != nil {
			return nil, err
		}
		name := e.Fun.(*ast.Ident).Name
		make, ok := makers[name]
		if !ok {
			return nil, fmt.Errorf("unknown function %s", name)
		}
		return make(args), nil
	}
	return nil, fmt.Errorf("can't evaluate %T", e)
}

func literal(e *ast.BasicLit, sign string) (any, error) {
	switch e.Kind {
	case token.INT:
		n, err := strconv.ParseInt(sign+e.Value, 0, 64)
		if err != nil && sign == "" {
			return strconv.ParseUint(e.Value, 0, 64)
		}
		return n, err
	case token.FLOAT:
		return strconv.ParseFloat(sign+e.Value, 64)
	case token.STRING:
		return strconv.Unquote(e.Value)
	}
	return nil, fmt.Errorf("can't evaluate %s", e.Value)
}

var constants = map[string]any{"nil": nil, "true": true, "false": false, "nan": math.NaN(), "inf": math.Inf(1), "ninf": math.Inf(-1)}

// Types of arguments that programs define.
type (
	namedInt    int32
	namedString string
	namedBytes  []byte
	jsonValuer  struct{}
	failing     struct{}
	pointer     struct{ n int64 } // a Valuer by pointer
	valuer      struct{ n int64 } // a Valuer by value
	stringer    struct{ s string }
	printed     string // a value as printValue prints it
)

func (jsonValuer) Value() (sqldriver.Value, error) { return `{"A":1}`, nil }
func (failing) Value() (sqldriver.Value, error)    { return nil, errors.New("valuer failed") }
func (p *pointer) Value() (sqldriver.Value, error) { return p.n, nil }
func (v valuer) Value() (sqldriver.Value, error)   { return v.n, nil }
func (s stringer) String() string                  { return s.s }

func unhex(text any) []byte { b, _ := hex.DecodeString(text.(string)); return b }

// convert returns a maker that converts its argument to T.
func convert[T any](args []any) any {
	return reflect.ValueOf(args[0]).Convert(reflect.TypeFor[T]()).Interface()
}

// slice returns a []T of the arguments.
func slice[T any](args []any) any {
	all := []T{}
	for _, a := range args {
		all = append(all, convert[T]([]any{a}).(T))
	}
	return all
}

func pointerTo(args []any) any {
	p := reflect.New(reflect.TypeOf(args[0]))
	p.Elem().Set(reflect.ValueOf(args[0]))
	return p.Interface()
}

func anyMap(args []any) any {
	m := map[any]any{}
	for i := 0; i < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return m
}

func stringMap(args []any) any {
	m := map[string]any{}
	for i := 0; i < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return m
}

// null returns a sql.Null of the argument.
func null(args []any) any {
	switch v := args[0].(type) {
	case int64:
		return sql.Null[int64]{V: v, Valid: true}
	case string:
		return sql.Null[string]{V: v, Valid: true}
	case time.Time:
		return sql.Null[time.Time]{V: v, Valid: true}
	case []any:
		return sql.Null[[]any]{V: v, Valid: true}
	}
	return sql.Null[int]{}
}

// or returns a maker of the value without arguments or of f of the first argument.
func or(empty any, f func(v any) any) func([]any) any {
	return func(args []any) any {
		if len(args) == 0 {
			return empty
		}
		return f(args[0])
	}
}

var nilPointers = map[string]any{"int": (*int)(nil), "string": (*string)(nil), "time": (*time.Time)(nil), "valuer": (*valuer)(nil),
	"bytes": []byte(nil), "slice": []string(nil), "map": map[string]int(nil)}

// makers are the functions of the cases.
var makers = map[string]func(args []any) any{
	"list": func(a []any) any { return a }, "m": anyMap, "sm": stringMap, "null": null, "ptr": pointerTo,
	"hex":    func(a []any) any { return unhex(a[0]) },
	"geo":    func(a []any) any { return protocol.GeoJSON(a[0].(string)) },
	"pvalue": func(a []any) any { return protocol.ValueOf(a[0]) },
	"f":      convert[float64], "int": convert[int], "int8": convert[int8], "int16": convert[int16], "int32": convert[int32],
	"uint": convert[uint], "uint8": convert[uint8], "uint16": convert[uint16], "uint32": convert[uint32], "uint64": convert[uint64],
	"float32": convert[float32], "namedint": convert[namedInt], "namedstring": convert[namedString],
	"namedbytes": convert[namedBytes], "rawbytes": convert[sql.RawBytes], "json": convert[json.RawMessage],
	"jsonnumber": convert[json.Number], "v": convert[printed],
	"ints": slice[int], "int32s": slice[int32], "strings": slice[string], "byteslices": slice[[]byte],
	"nilptr":     func(a []any) any { return nilPointers[a[0].(string)] },
	"nullstring": or(sql.NullString{}, func(v any) any { return sql.NullString{String: v.(string), Valid: true} }),
	"nullint":    or(sql.NullInt64{}, func(v any) any { return sql.NullInt64{Int64: v.(int64), Valid: true} }),
	"nullint32":  or(nil, func(v any) any { return sql.NullInt32{Int32: int32(v.(int64)), Valid: true} }),
	"nullbyte":   or(nil, func(v any) any { return sql.NullByte{Byte: byte(v.(int64)), Valid: true} }),
	"nullfloat":  or(nil, func(v any) any { return sql.NullFloat64{Float64: v.(float64), Valid: true} }),
	"nullbool":   or(nil, func(v any) any { return sql.NullBool{Bool: v.(bool), Valid: true} }),
	"nulltime":   or(sql.NullTime{}, func(v any) any { return sql.NullTime{Time: v.(time.Time), Valid: true} }),
	"uuid":       func(a []any) any { return [16]byte(unhex(a[0])) },
	"array":      func(a []any) any { return [2]int64{a[0].(int64), a[1].(int64)} },
	"time":       func(a []any) any { t, _ := time.Parse(time.RFC3339Nano, a[0].(string)); return t },
	"zerotime":   func([]any) any { return time.Time{} },
	"duration":   func(a []any) any { d, _ := time.ParseDuration(a[0].(string)); return d },
	"named":      func(a []any) any { return sql.Named(a[0].(string), a[1]) },
	"out":        func([]any) any { return sql.Named("x", sql.Out{Dest: new(int64)}) },
	"jsonvaluer": func([]any) any { return jsonValuer{} },
	"failing":    func([]any) any { return failing{} },
	"ptrvaluer":  func(a []any) any { return &pointer{a[0].(int64)} },
	"valvaluer":  func(a []any) any { return valuer{a[0].(int64)} },
	"stringer":   func(a []any) any { return stringer{a[0].(string)} },
	"bigint":     func(a []any) any { n, _ := new(big.Int).SetString(a[0].(string), 10); return n },
	"strukt":     func([]any) any { return struct{ A, B int }{1, 2} },
	"complex":    func([]any) any { return complex(1, 2) },
	"channel":    func([]any) any { return make(chan int) },
	"function":   func([]any) any { return func() {} },
	"repeat":     func(a []any) any { return strings.Repeat(a[0].(string), int(a[1].(int64))) },
	"badutf8":    func([]any) any { return "a\xffb" },
	"unordered":  unordered,
}

// unordered returns a map that is stored without an order.
func unordered(args []any) any {
	var pairs []protocol.Pair
	for i := 0; i < len(args); i += 2 {
		pairs = append(pairs, protocol.Pair{Key: protocol.ValueOf(args[i]), Value: protocol.ValueOf(args[i+1])})
	}
	return protocol.Map(pairs...)
}
