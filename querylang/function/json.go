package function

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

func isJSON(s string) bool { return json.Valid([]byte(s)) }

var errTrailing = errors.New("there is text after the value")

// ParseJSON returns the value of a JSON text: objects are maps ordered by key, arrays are lists,
// and numbers are integers if they are written as integers that fit in 64 bits, otherwise floats.
func ParseJSON(text string) (protocol.Value, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("it ends too early")
		}
		return protocol.Nil(), err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return protocol.Nil(), errTrailing
	}
	numbers, err := withNumbers(x, 0)
	if err != nil {
		return protocol.Nil(), err
	}
	v := protocol.ValueOf(numbers)
	return v, v.Err()
}

var errTooDeep = errors.New("it is nested too deep")

// withNumbers replaces the numbers of a decoded document.
func withNumbers(x any, depth int) (any, error) {
	if depth > protocol.MaxDepth {
		return nil, errTooDeep
	}
	var err error
	switch x := x.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(string(x), 10, 64); err == nil {
			return n, nil
		}
		f, err := strconv.ParseFloat(string(x), 64)
		if err != nil || math.IsInf(f, 0) {
			return nil, errors.New("the number " + string(x) + " is out of range")
		}
		return f, nil
	case []any:
		for i := range x {
			if x[i], err = withNumbers(x[i], depth+1); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range x {
			if x[k], err = withNumbers(x[k], depth+1); err != nil {
				return nil, err
			}
		}
	}
	return x, nil
}
