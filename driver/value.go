package driver

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// nativeValue returns a value as Rows give it. Text is copied, so that a string does not keep the
// answer that it came in; bytes are shared.
func nativeValue(v protocol.Value) any {
	switch v.Kind() {
	case protocol.KindString, protocol.KindGeoJSON:
		text, _ := v.Text()
		return strings.Clone(text)
	case protocol.KindList:
		elements, _ := v.List()
		list := make([]any, len(elements))
		for i, e := range elements {
			list[i] = nativeValue(e)
		}
		return list
	case protocol.KindMap:
		return nativeMap(v)
	}
	return v.Any()
}

// nativeMap returns a map[string]any if all keys are strings, else map[any]any, or, where a
// key is none that Go can use, the pairs.
func nativeMap(v protocol.Value) any {
	pairs, _ := v.Map()
	byText := make(map[string]any, len(pairs))
	for _, p := range pairs {
		if p.Key.Kind() != protocol.KindString {
			return nativeAnyMap(pairs)
		}
		key, _ := p.Key.Text()
		byText[strings.Clone(key)] = nativeValue(p.Value)
	}
	return byText
}

func nativeAnyMap(pairs []protocol.Pair) any {
	m := make(map[any]any, len(pairs))
	for _, p := range pairs {
		switch p.Key.Kind() {
		case protocol.KindString, protocol.KindInt, protocol.KindUint, protocol.KindFloat, protocol.KindBool, protocol.KindNil:
			m[nativeValue(p.Key)] = nativeValue(p.Value)
		default:
			return pairs
		}
	}
	return m
}

// jsonText returns what a row gave as JSON. Blobs become base64, keys of maps
// strings; numbers that JSON does not have are an error.
func jsonText(native any) ([]byte, error) {
	return json.Marshal(jsonable(native))
}

// jsonable replaces maps that encoding/json does not take.
func jsonable(native any) any {
	switch x := native.(type) {
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = jsonable(e)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(x))
		for k, e := range x {
			m[k] = jsonable(e)
		}
		return m
	case map[any]any:
		m := make(map[string]any, len(x))
		for k, e := range x {
			m[fmt.Sprint(k)] = jsonable(e)
		}
		return m
	case []protocol.Pair:
		m := make(map[string]any, len(x))
		for _, p := range x {
			m[p.Key.String()] = jsonable(nativeValue(p.Value))
		}
		return m
	}
	return native
}
