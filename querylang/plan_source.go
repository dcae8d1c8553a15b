package querylang

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// source returns the cheapest source of the records that a WHERE selects.
func (p *planner) source(table *TableName, where Expr) (Source, error) {
	s := Source{Namespace: table.Namespace, Set: table.Set, Access: AccessScan}
	if where == nil {
		s.Filter = conjunction(s.setCondition())
		return s, nil
	}
	resolved, err := p.resolve(where, table)
	if err != nil {
		return s, err
	}
	if err := p.condition(resolved); err != nil {
		return s, err
	}
	terms, possible := conjuncts(resolved)
	if !possible {
		s.Access = AccessNone
		return s, nil
	}
	if best, keys := bestKeys(terms); best >= 0 {
		if err := p.checkKeys(keys); err != nil {
			return s, err
		}
		s.Access, s.Keys, s.ByDigest = AccessKeys, keys.list, keys.pseudo == Digest
		if keys.single {
			s.Access = AccessKey
		}
		terms = append(terms[:best:best], terms[best+1:]...)
	}
	s.Filter = conjunction(append(s.setCondition(), terms...))
	return s, nil
}

// setCondition returns the condition for records without a set. A scan without a set reads all sets
// of the namespace.
func (s *Source) setCondition() []Expr {
	if s.Set != "" || s.Access != AccessScan {
		return nil
	}
	column := &Column{Name: "__set", Pseudo: SetName}
	return []Expr{&Binary{Op: OpEqual, X: column, Y: &Literal{Value: protocol.String("")}}}
}

// conjuncts splits a condition at its top-level ANDs and drops parts that are always true. possible
// is false if one of the parts is never true.
func conjuncts(e Expr) (terms []Expr, possible bool) {
	if b, ok := e.(*Binary); ok && b.Op == OpAnd {
		left, possibleLeft := conjuncts(b.X)
		right, possibleRight := conjuncts(b.Y)
		return append(left, right...), possibleLeft && possibleRight
	}
	if literal, ok := e.(*Literal); ok {
		return nil, truth(literal.Value) == yes
	}
	return []Expr{e}, true
}

// conjunction joins conditions with AND. It returns nil if there are none.
func conjunction(terms []Expr) Expr {
	if len(terms) == 0 {
		return nil
	}
	e := terms[0]
	for _, term := range terms[1:] {
		e = &Binary{Op: OpAnd, X: e, Y: term, Pos: term.Position()}
	}
	return e
}

// A keyCondition is a condition that a record's key is in a list.
type keyCondition struct {
	pseudo Pseudo // PrimaryKey or Digest; NoPseudo for any other condition
	list   []Expr
	single bool // from =, so an argument that is a list is not a list of keys
}

// bestKeys returns the condition to read records by, and its index, or -1 if there is none. The
// other conditions are evaluated on the records, where __digest is always known but PK is NULL
// unless the user key is stored. Therefore conditions on PK are preferred to conditions on
// __digest. For the same column, a single key is preferred to a list.
func bestKeys(terms []Expr) (best int, keys keyCondition) {
	best = -1
	for i, term := range terms {
		if c := keysOf(term); c.rank() > keys.rank() {
			best, keys = i, c
		}
	}
	return best, keys
}

func (c keyCondition) rank() (rank int) {
	switch c.pseudo {
	case PrimaryKey:
		rank = 3
	case Digest:
		rank = 1
	default:
		return 0
	}
	if c.single {
		rank++
	}
	return rank
}

// keysOf returns the key condition of PK = x, PK IN (...), the same with __digest, and of several
// of them joined with OR. For other expressions it returns the zero value.
func keysOf(e Expr) keyCondition {
	switch e := e.(type) {
	case *In:
		pseudo := keyColumn(e.X)
		if e.Not || pseudo == NoPseudo {
			return keyCondition{}
		}
		for _, item := range e.List {
			if readsRecord(item) {
				return keyCondition{}
			}
		}
		return keyCondition{pseudo: pseudo, list: slices.Clone(e.List)}
	case *Binary:
		if e.Op == OpOr {
			return eitherKeys(keysOf(e.X), keysOf(e.Y))
		}
		if e.Op != OpEqual {
			return keyCondition{}
		}
		if pseudo := keyColumn(e.X); pseudo != NoPseudo && !readsRecord(e.Y) {
			return keyCondition{pseudo: pseudo, list: []Expr{e.Y}, single: true}
		}
		if pseudo := keyColumn(e.Y); pseudo != NoPseudo && !readsRecord(e.X) {
			return keyCondition{pseudo: pseudo, list: []Expr{e.X}, single: true}
		}
	}
	return keyCondition{}
}

func eitherKeys(a, b keyCondition) keyCondition {
	if a.pseudo == NoPseudo || a.pseudo != b.pseudo {
		return keyCondition{}
	}
	return keyCondition{pseudo: a.pseudo, list: append(a.list, b.list...)}
}

// keyColumn returns PrimaryKey or Digest if an expression is that column, otherwise NoPseudo.
func keyColumn(e Expr) Pseudo {
	if c, ok := e.(*Column); ok && (c.Pseudo == PrimaryKey || c.Pseudo == Digest) {
		return c.Pseudo
	}
	return NoPseudo
}

// checkKeys returns an error for constants that can't be keys.
func (p *planner) checkKeys(c keyCondition) error {
	for _, e := range c.list {
		literal, ok := e.(*Literal)
		if !ok {
			continue
		}
		var problem string
		if c.pseudo == Digest {
			problem = digestProblem(literal.Value)
		} else {
			problem = userKeyProblem(literal.Value)
		}
		if problem != "" {
			return p.errorAt(e.Position(), ErrType, "%s", problem)
		}
	}
	return nil
}

// userKeyProblem returns the reason why a value can't be a user key, or "". NULL is accepted: it
// matches no record.
func userKeyProblem(v protocol.Value) string {
	switch v.Kind() {
	case protocol.KindNil, protocol.KindInt:
		return ""
	case protocol.KindString, protocol.KindBlob:
		if v.Len() == 0 {
			return "an empty string or blob can't be a key"
		}
		return ""
	case protocol.KindFloat:
		return "a key is an integer, a string or a blob; " + v.String() + " is a float: write or bind it as an integer"
	}
	return "a key is an integer, a string or a blob, not a " + v.Kind().String()
}

func digestProblem(v protocol.Value) string {
	if v.IsNil() || v.Kind() == protocol.KindBlob && v.Len() == len(protocol.Digest{}) {
		return ""
	}
	return "a digest is a blob of 20 bytes, e.g. X'...' with 40 hexadecimal digits"
}

// KeyOf returns the key of a value in the source's set. For NULL, which matches no record, ok is
// false. A value that can't be a key is an error of kind [ErrType].
func (s *Source) KeyOf(v protocol.Value) (key protocol.Key, ok bool, err error) {
	if v.IsNil() {
		return key, false, nil
	}
	if !s.ByDigest {
		key, err = UserKey(s.Namespace, s.Set, v)
		return key, err == nil, err
	}
	if problem := digestProblem(v); problem != "" {
		return key, false, errorf(ErrType, "%s", problem)
	}
	b, _ := v.Bytes()
	key, err = protocol.KeyFromDigest(s.Namespace, s.Set, protocol.Digest(b))
	return key, err == nil, err
}

// UserKey returns the key with a user key. NULL and values that can't be a user key are errors of
// kind [ErrType].
func UserKey(namespace, set string, v protocol.Value) (protocol.Key, error) {
	problem := userKeyProblem(v)
	if v.IsNil() {
		problem = "the key must not be NULL"
	}
	if problem != "" {
		return protocol.Key{}, errorf(ErrType, "%s", problem)
	}
	return protocol.NewKey(namespace, set, v)
}
