package cdt

import "github.com/aerosql/aerosql/protocol"

// valueOf is [protocol.ValueOf] for an argument whose type is known. It does not allocate for a
// Value or for the most common Go types: only the last conversion to any escapes.
func valueOf[T any](v T) protocol.Value {
	switch x := any(v).(type) {
	case protocol.Value:
		return x
	case string:
		return protocol.String(x)
	case int:
		return protocol.Int(int64(x))
	case int64:
		return protocol.Int(x)
	case float64:
		return protocol.Float(x)
	}
	return protocol.ValueOf(v)
}

// listOf makes a list of Go values. It retains a slice of Values and does not copy it.
func listOf[T any](list []T) protocol.Value {
	if values, ok := any(list).([]protocol.Value); ok {
		return protocol.List(values...)
	}
	values := make([]protocol.Value, len(list))
	for i, v := range list {
		values[i] = valueOf(v)
	}
	return protocol.List(values...)
}
