package exec

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/querylang/ast"
)

// moduleSuffix ends the names of the files of modules.
const moduleSuffix = ".lua"

// module runs CREATE FUNCTION and DROP FUNCTION. It waits until all nodes have the module, or until
// none has it.
func (a *administration) module(s *ast.Module) error {
	if s.File != nil {
		return a.registerFile(s)
	}
	name := s.Name.Text + moduleSuffix
	if s.Verb == ast.DropVerb {
		exists, err := a.hasModule(name)
		if err != nil || !exists {
			return a.noModule(err, s)
		}
		task, err := a.admin.RemoveUDF(a.ctx, &a.policy.Info, name)
		if err != nil {
			return err
		}
		return task.Wait(a.ctx)
	}
	source, err := a.text("the source of a module", s.Source.Position())
	if err != nil {
		return err
	}
	if !s.Replace {
		exists, err := a.hasModule(name)
		switch {
		case err != nil:
			return err
		case exists && s.Lenient:
			return nil
		case exists:
			return a.fail(s.Name.Pos, ast.ErrExists, "there is already a module %s; CREATE OR REPLACE FUNCTION replaces it", s.Name)
		}
	}
	return a.register(name, source)
}

func (a *administration) register(name, source string) error {
	task, err := a.admin.RegisterUDF(a.ctx, &a.policy.Info, name, []byte(source))
	if err != nil {
		return err
	}
	return task.Wait(a.ctx)
}

// registerFile runs REGISTER MODULE 'path', if local files may be read.
func (a *administration) registerFile(s *ast.Module) error {
	path, err := a.text("the path of a module", s.File.Position())
	if err != nil {
		return err
	}
	if !a.engine.options.LocalFiles {
		return a.fail(s.Pos, ast.ErrUnsupported,
			"REGISTER MODULE reads a file of the program's machine, which is not allowed unless the DSN has local_files=true; CREATE OR REPLACE FUNCTION module AS source needs no file")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return a.register(filepath.Base(path), string(source))
}

// hasModule reports whether a module is registered.
func (a *administration) hasModule(name string) (bool, error) {
	list, err := a.admin.ListUDF(a.ctx, &a.policy.Info)
	return slices.ContainsFunc(list, func(m admin.Module) bool { return m.Name == name }), err
}

func (a *administration) noModule(err error, s *ast.Module) error {
	if err != nil || s.Lenient {
		return err
	}
	return a.fail(s.Name.Pos, ast.ErrUnknownName, "there is no module %s", s.Name)
}
