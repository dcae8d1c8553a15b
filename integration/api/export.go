package main

import (
	"errors"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/aerosql/aerosql/"

// public are the packages whose exported names are kept. The value says which names; nil means all.
var public = map[string]func(name string) bool{
	"driver": nil, "mapper": nil, "querylang": nil, "querylang/exec": isError,
	"cluster": nil, "cluster/admin": nil, "cluster/lease": nil, "cluster/luareduce": nil,
	"cluster/devserver": nil, "cluster/devserver/mem": nil, "cluster/devserver/control": nil, "cluster/devserver/seed": nil,
	"protocol": nil, "protocol/cdt": nil, "protocol/exp": nil,
	"integration/bun": nil, "integration/goose": nil, "integration/gorm": nil, "integration/migrate": nil, "integration/otel": nil,
	"integration/sqlmigrate": nil,
}

// isError reports whether a name is that of an error.
func isError(name string) bool {
	return strings.HasPrefix(name, "Err") || strings.HasSuffix(name, "Error")
}

// load returns what the public packages export.
func load(root string) (api, error) {
	var patterns []string
	for pkg := range public {
		patterns = append(patterns, module+pkg)
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedExportFile | packages.NeedImports, Dir: root}, patterns...)
	if err != nil {
		return nil, err
	}
	exported := api{}
	for _, p := range loaded {
		for _, e := range p.Errors {
			err = errors.Join(err, e)
		}
		if err == nil {
			name := strings.TrimPrefix(p.PkgPath, module)
			exported[name] = exportedBy(p.Types, public[name])
		}
	}
	return exported, err
}

// exportedBy returns a sorted line for each exported name of a package that keep accepts.
func exportedBy(pkg *types.Package, keep func(string) bool) (lines []string) {
	w := writer{pkg}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if !obj.Exported() || keep != nil && !keep(name) {
			continue
		}
		switch obj := obj.(type) {
		case *types.Const:
			lines = append(lines, fmt.Sprintf("const %s %s = %s", name, w.typ(obj.Type()), obj.Val().ExactString()))
		case *types.Var:
			lines = append(lines, fmt.Sprintf("var %s %s", name, w.typ(obj.Type())))
		case *types.Func:
			lines = append(lines, "func "+name+w.signature(obj.Type().(*types.Signature)))
		case *types.TypeName:
			lines = append(lines, w.typeLines(obj)...)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// typeLines returns the lines of a type, its fields and its methods, those of embedded types too.
func (w writer) typeLines(obj *types.TypeName) (lines []string) {
	name := obj.Name()
	if obj.IsAlias() {
		return []string{"type " + name + " = " + w.typ(types.Unalias(obj.Type()))}
	}
	named := obj.Type().(*types.Named)
	head := "type " + name + w.typeParams(named.TypeParams())
	switch under := named.Underlying().(type) {
	case *types.Struct:
		lines = append(lines, head+" struct")
		for f := range under.Fields() {
			if f.Exported() {
				lines = append(lines, fmt.Sprintf("field %s.%s %s", name, f.Name(), w.typ(f.Type())))
			}
		}
	case *types.Interface:
		return append(lines, w.interfaceLines(name, head, under)...)
	default:
		lines = append(lines, head+" "+w.typ(under))
	}
	for _, receiver := range []types.Type{named, types.NewPointer(named)} {
		set := types.NewMethodSet(receiver)
		for m := range set.Methods() {
			of := name
			if _, pointer := receiver.(*types.Pointer); pointer {
				if types.NewMethodSet(named).Lookup(w.pkg, m.Obj().Name()) != nil {
					continue // it is a method of the value, too
				}
				of = "*" + name
			}
			if m.Obj().Exported() {
				lines = append(lines, "method ("+of+") "+m.Obj().Name()+w.signature(m.Type().(*types.Signature)))
			}
		}
	}
	return lines
}

// interfaceLines returns one line for an interface that other packages can implement, because a new
// method would break them, and a line for each method otherwise.
func (w writer) interfaceLines(name, head string, i *types.Interface) []string {
	sealed := false
	var methods []string
	for m := range i.Methods() {
		sealed = sealed || !m.Exported()
		if m.Exported() {
			methods = append(methods, m.Name()+w.signature(m.Type().(*types.Signature)))
		}
	}
	slices.Sort(methods)
	if !sealed {
		if i.NumEmbeddeds() > 0 && !i.IsMethodSet() {
			return []string{head + " " + w.typ(i)}
		}
		return []string{head + " interface{ " + strings.Join(methods, "; ") + " }"}
	}
	lines := []string{head + " interface (sealed)"}
	for _, m := range methods {
		lines = append(lines, "method ("+name+") "+m)
	}
	return lines
}
