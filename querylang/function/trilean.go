package function

import "github.com/aerosql/aerosql/protocol"

// A Trilean is a truth value of three-valued logic.
type Trilean uint8

// The truth values. Unknown is NULL.
const (
	Unknown Trilean = iota
	False
	True
)

// TrileanOf returns a boolean as a Trilean.
func TrileanOf(b bool) Trilean {
	if b {
		return True
	}
	return False
}

// Truth returns the truth value of a boolean. Other values are unknown.
func Truth(v protocol.Value) Trilean {
	b, ok := v.Bool()
	if !ok {
		return Unknown
	}
	return TrileanOf(b)
}

// Value returns t as a boolean, or NULL for unknown.
func (t Trilean) Value() protocol.Value {
	if t == Unknown {
		return protocol.Nil()
	}
	return protocol.Bool(t == True)
}

// Not swaps True and False.
func (t Trilean) Not() Trilean {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}

// NegatedIf returns t.Not() if the condition holds, otherwise t.
func (t Trilean) NegatedIf(condition bool) Trilean {
	if condition {
		return t.Not()
	}
	return t
}

// And returns True if both are True, False if one is False, and otherwise Unknown.
func (t Trilean) And(u Trilean) Trilean {
	switch {
	case t == False || u == False:
		return False
	case t == Unknown || u == Unknown:
		return Unknown
	}
	return True
}

// Or returns True if one is True, False if both are False, and otherwise Unknown.
func (t Trilean) Or(u Trilean) Trilean { return t.Not().And(u.Not()).Not() }
