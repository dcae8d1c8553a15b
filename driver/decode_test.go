package driver

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

type decoded struct {
	Name  string `json:"name"`
	Count uint8
	Seen  time.Time
	Tags  []string
	Skip  int `json:"-"`
}

func TestDecodeValue(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	cases := []struct {
		name string
		v    any
		want any
	}{
		{"an integer in a smaller type", 5, int8(5)},
		{"an integer in a float", 5, 5.0},
		{"a time", at.UnixNano(), at},
		{"a list", []any{1, 2}, []int32{1, 2}},
		{"an array", []any{"a", "b"}, [2]string{"a", "b"}},
		{"a list of times", []any{at.UnixNano()}, []time.Time{at}},
		{"bytes", []byte{1}, []byte{1}},
		{"a map", map[string]any{"a": 1}, map[string]int{"a": 1}},
		{"a nested list", []any{[]any{1.5}}, [][]float64{{1.5}}},
		{"a struct", map[string]any{"name": "ada", "count": 7, "Seen": at.UnixNano(), "Tags": []any{"x"}, "Skip": 1, "other": 2},
			decoded{"ada", 7, at, []string{"x"}, 0}},
		{"NULL", nil, []int(nil)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			target := reflect.New(reflect.TypeOf(c.want))
			require.NoError(t, decodeValue(protocol.ValueOf(c.v), target.Elem()))
			assert.Equal(t, c.want, target.Elem().Interface())
		})
	}
}

func TestDecodeValueRejectsWhatDoesNotFit(t *testing.T) {
	cases := []struct {
		name string
		v    any
		into any
	}{
		{"overflow", 300, int8(0)},
		{"a negative number", -1, uint(0)},
		{"a string", "5", 0},
		{"a short array", []any{1}, [2]int{}},
		{"a bad element", []any{1, "x"}, []int{}},
		{"a float", 1.5, 0},
		{"a time from text", "2026-01-02", time.Time{}},
		{"equal keys", map[any]any{1: 1, 1.0: 2}, map[float64]int{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			target := reflect.New(reflect.TypeOf(c.into))
			require.Error(t, decodeValue(protocol.ValueOf(c.v), target.Elem()))
		})
	}
}
