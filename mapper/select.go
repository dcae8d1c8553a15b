package mapper

import (
	"errors"
	"fmt"
	"reflect"
)

// Select returns the query that reads only the fields of S from the records of T:
//
//	type NameOnly struct {
//		Name string `as:"name"`
//	}
//
//	names, err := mapper.Select[NameOnly](adults).Slice(ctx)
//
// S is a struct with tags like T's. Each of its fields must have the bin of a field of T. It needs
// no key. A bin with an older name is read under both. Conditions and orders of the query stay;
// those added later are of S.
func Select[S, T any](q Query[T]) Query[S] {
	return Query[S]{q.q.selecting(reflect.TypeFor[S]())}
}

// selecting returns the query whose objects are of another type.
func (q *query) selecting(t reflect.Type) *query {
	if q == nil || q.source == nil {
		return q
	}
	selected := *q
	s, err := q.source.selection(t)
	if err != nil {
		selected.err = errors.Join(selected.err, err)
	} else {
		selected.store = s
	}
	return &selected
}

// selection returns a store that decodes rows of the set into structs of another type.
func (s *store) selection(t reflect.Type) (*store, error) {
	key := selectionKey{t, s.withDeleted}
	if known, ok := s.codecs.Load(key); ok {
		return known.(*store), nil
	}
	p, err := s.newCompiler().compile(t)
	if err != nil {
		return nil, err
	}
	h, hookErr := hooksOf(t)
	problems := []error{hookErr}
	for i := range p.fields {
		f := &p.fields[i]
		from, known := s.plan.index[f.bin]
		if !known {
			problems = append(problems, fmt.Errorf("mapper: Select: %s.%s: %s has no bin %q", typeName(t), f.path, typeName(s.plan.typ), f.bin))
		} else if err := f.checkUnit(s.plan.fields[from].typ, s.plan.fields[from].tag.form); err != nil {
			problems = append(problems, fmt.Errorf("mapper: Select: %s.%s: %w", typeName(t), f.path, err))
		} else if alias := s.plan.fields[from].tag.alias; alias != "" && f.tag.alias == "" {
			p.readAlias(i, alias)
		}
	}
	if p.rest != nil {
		problems = append(problems, fmt.Errorf("mapper: Select: %s.%s: a selection has no rest", typeName(t), p.rest.path))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	selected := *s
	selected.plan, selected.hooks = p, h
	if selected.expiries = nil; len(p.ttls) > 0 {
		selected.expiries = new(expiries)
	}
	s.codecs.Store(key, &selected)
	return &selected, nil
}

// A selectionKey is the key of a selection among the codecs of a store.
type selectionKey struct {
	typ         reflect.Type
	withDeleted bool
}
