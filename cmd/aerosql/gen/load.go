package gen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// A loaded is a package whose types are known.
type loaded struct {
	types *types.Package
	name  string
}

// A listed is what go list reports about a package.
type listed struct {
	ImportPath, Name, Export string
	GoFiles, CgoFiles        []string
	DepOnly                  bool
}

// load parses and type-checks the package in a directory, without one file.
func load(ctx context.Context, dir, without string) (*loaded, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-e", "-export", "-deps", "-json=ImportPath,Name,Export,GoFiles,CgoFiles,DepOnly", ".")
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list in %s: %w\n%s", dir, err, stderr.String())
	}
	exports := map[string]string{}
	var root *listed
	for d := json.NewDecoder(&stdout); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("the output of go list: %w", err)
		}
		if exports[p.ImportPath] = p.Export; !p.DepOnly {
			root = &p
		}
	}
	if root == nil {
		return nil, fmt.Errorf("%s has no Go package", dir)
	}
	return root.check(dir, without, exports)
}

// check type-checks the package. Errors are ignored where they don't concern the mapped structs,
// such as uses of the variables that are to be written.
func (p *listed) check(dir, without string, exports map[string]string) (*loaded, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		if name == without {
			continue
		}
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	lookup := func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("package %s doesn't compile", path)
		}
		return os.Open(exports[path])
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", lookup), Error: func(error) {}, FakeImportC: true}
	pkg, _ := conf.Check(p.ImportPath, fset, files, nil)
	if pkg == nil {
		return nil, fmt.Errorf("package %s can't be type-checked", p.ImportPath)
	}
	return &loaded{pkg, p.Name}, nil
}

// A mapped is a struct type of the package.
type mapped struct {
	name string
	typ  *types.Struct
}

// structs returns the named types, or all structs with a tag as or asm, sorted by name.
func (p *loaded) structs(names []string) ([]mapped, error) {
	scope := p.types.Scope()
	all := len(names) == 0
	if all {
		names = scope.Names()
	}
	var found []mapped
	var problems []error
	for _, name := range names {
		object, isType := scope.Lookup(name).(*types.TypeName)
		if !isType {
			if !all {
				problems = append(problems, fmt.Errorf("package %s has no type %s", p.name, name))
			}
			continue
		}
		named, _ := object.Type().(*types.Named)
		s, isStruct := object.Type().Underlying().(*types.Struct)
		switch {
		case all && (named == nil || !isStruct || named.TypeParams().Len() > 0 || !isTagged(s)):
		case !isStruct || named == nil:
			problems = append(problems, fmt.Errorf("%s.%s is not a struct", p.name, name))
		case named.TypeParams().Len() > 0:
			problems = append(problems, fmt.Errorf("%s.%s is a generic type; give an instance a name of its own", p.name, name))
		default:
			found = append(found, mapped{name, s})
		}
	}
	if len(found) == 0 && len(problems) == 0 {
		problems = append(problems, fmt.Errorf("package %s has no struct with a tag as or asm", p.name))
	}
	slices.SortFunc(found, func(a, b mapped) int { return strings.Compare(a.name, b.name) })
	return found, errors.Join(problems...)
}

func isTagged(s *types.Struct) bool {
	for i := range s.NumFields() {
		tag := reflect.StructTag(s.Tag(i))
		_, as := tag.Lookup("as")
		if _, asm := tag.Lookup("asm"); as || asm {
			return true
		}
	}
	return false
}
