package main

import (
	"fmt"
	"go/types"
	"strings"
)

// A writer writes types as the source of their package would, but without the names of parameters,
// which are not part of an API.
type writer struct{ pkg *types.Package }

// typ returns the text of a type.
func (w writer) typ(t types.Type) string {
	switch t := t.(type) {
	case *types.Pointer:
		return "*" + w.typ(t.Elem())
	case *types.Slice:
		return "[]" + w.typ(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), w.typ(t.Elem()))
	case *types.Map:
		return "map[" + w.typ(t.Key()) + "]" + w.typ(t.Elem())
	case *types.Signature:
		return "func" + w.signature(t)
	case *types.Named:
		return w.named(t.Obj(), t.TypeArgs())
	case *types.Alias:
		return w.named(t.Obj(), t.TypeArgs())
	}
	return types.TypeString(t, w.qualifier)
}

func (w writer) named(obj *types.TypeName, args *types.TypeList) string {
	name := obj.Name()
	if q := w.qualifier(obj.Pkg()); q != "" {
		name = q + "." + name
	}
	if args.Len() == 0 {
		return name
	}
	var texts []string
	for t := range args.Types() {
		texts = append(texts, w.typ(t))
	}
	return name + "[" + strings.Join(texts, ", ") + "]"
}

// qualifier returns the name of a package, or "" for the own one and for predeclared names.
func (w writer) qualifier(p *types.Package) string {
	if p == nil || p.Path() == w.pkg.Path() {
		return ""
	}
	return p.Name()
}

// signature returns type parameters, parameters and results of a function.
func (w writer) signature(s *types.Signature) string {
	text := w.typeParams(s.TypeParams()) + "(" + w.tuple(s.Params(), s.Variadic()) + ")"
	switch results := w.tuple(s.Results(), false); s.Results().Len() {
	case 0:
		return text
	case 1:
		return text + " " + results
	default:
		return text + " (" + results + ")"
	}
}

func (w writer) tuple(t *types.Tuple, variadic bool) string {
	var texts []string
	for i := range t.Len() {
		text := w.typ(t.At(i).Type())
		if variadic && i == t.Len()-1 {
			text = "..." + strings.TrimPrefix(text, "[]")
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

func (w writer) typeParams(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	var texts []string
	for p := range list.TypeParams() {
		texts = append(texts, p.Obj().Name()+" "+w.typ(p.Constraint()))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
