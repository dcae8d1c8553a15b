package recordfile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// ParseValue parses the JSON form of a value.
func ParseValue(data []byte) (protocol.Value, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return parseNext(d, 0)
}

// parseNext parses the next value of a decoder.
func parseNext(d *json.Decoder, depth int) (protocol.Value, error) {
	if depth > protocol.MaxDepth {
		return protocol.Value{}, protocol.ErrTooDeep
	}
	t, err := d.Token()
	if err != nil {
		return protocol.Value{}, err
	}
	switch t := t.(type) {
	case nil:
		return protocol.Nil(), nil
	case bool:
		return protocol.Bool(t), nil
	case string:
		return protocol.String(t), nil
	case json.Number:
		return parseNumber(t.String())
	case json.Delim:
		if t == '[' {
			return parseList(d, depth)
		}
		return parseObject(d, depth)
	}
	return protocol.Value{}, fmt.Errorf("unexpected %v", t)
}

func parseNumber(text string) (protocol.Value, error) {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		return protocol.Float(f), err
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return protocol.Int(n), nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return protocol.Value{}, fmt.Errorf("the integer %s does not fit 64 bits", text)
	}
	return protocol.Uint(n), nil
}

func parseList(d *json.Decoder, depth int) (protocol.Value, error) {
	elements := []protocol.Value{}
	for d.More() {
		e, err := parseNext(d, depth+1)
		if err != nil {
			return e, err
		}
		elements = append(elements, e)
	}
	_, err := d.Token()
	return protocol.List(elements...), err
}

// parseObject parses an object: a map, or one of the special forms.
func parseObject(d *json.Decoder, depth int) (protocol.Value, error) {
	pairs := []protocol.Pair{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return protocol.Value{}, err
		}
		v, err := parseNext(d, depth+1)
		if err != nil {
			return v, err
		}
		pairs = append(pairs, protocol.Pair{Key: protocol.String(name.(string)), Value: v})
	}
	if _, err := d.Token(); err != nil {
		return protocol.Value{}, err
	}
	if len(pairs) == 1 {
		if name, _ := pairs[0].Key.Text(); strings.HasPrefix(name, "$") {
			return special(name, pairs[0].Value)
		}
	}
	for _, p := range pairs {
		if name, _ := p.Key.Text(); strings.HasPrefix(name, "$") {
			return protocol.Value{}, fmt.Errorf("%q must be the only key of its object", name)
		}
	}
	return protocol.Map(pairs...), nil
}

// special returns the value of a special form.
func special(name string, v protocol.Value) (protocol.Value, error) {
	text, isText := v.Text()
	switch {
	case name == "$map":
		return pairsOf(v)
	case name == "$ordered":
		return ordered(v)
	case name == "$valueordered":
		return valueOrdered(v)
	case !isText:
		return v, fmt.Errorf("%q needs a string", name)
	}
	switch name {
	case "$geojson":
		return protocol.GeoJSON(text), nil
	case "$float":
		f, err := strconv.ParseFloat(text, 64)
		return protocol.Float(f), err
	case "$float32":
		f, err := strconv.ParseFloat(text, 32)
		return protocol.ValueOf(float32(f)), err
	}
	particle, known := protocol.ParticleString, name == "$string"
	for t, form := range byteForms {
		if form == name {
			particle, known = t, true
		}
	}
	if known {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return v, fmt.Errorf("%q: %w", name, err)
		}
		return protocol.ParseParticle(particle, b)
	}
	return v, fmt.Errorf("unknown form %q; use $bytes, $hll, $geojson, $string, $float, $map or $ordered, or the name of a language", name)
}

func pairsOf(v protocol.Value) (protocol.Value, error) {
	elements, ok := v.List()
	if !ok {
		return v, errors.New(`"$map" needs a list of pairs`)
	}
	var pairs []protocol.Pair
	for _, e := range elements {
		pair, ok := e.List()
		if !ok || len(pair) != 2 {
			return v, errors.New(`"$map" needs a list of pairs`)
		}
		pairs = append(pairs, protocol.Pair{Key: pair[0], Value: pair[1]})
	}
	return protocol.Map(pairs...), nil
}

func ordered(v protocol.Value) (protocol.Value, error) {
	if elements, ok := v.List(); ok {
		err := protocol.SortList(elements)
		return protocol.ListWithOrder(protocol.Ordered, elements), err
	}
	if pairs, ok := v.Map(); ok {
		return protocol.MapWithOrder(protocol.Ordered, pairs), nil
	}
	return v, errors.New(`"$ordered" needs a list or a map`)
}

func valueOrdered(v protocol.Value) (protocol.Value, error) {
	if pairs, ok := v.Map(); ok {
		return protocol.MapWithOrder(protocol.KeyValueOrdered, pairs), nil
	}
	return v, errors.New(`"$valueordered" needs a map`)
}
