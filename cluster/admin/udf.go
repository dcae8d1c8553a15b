package admin

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
)

// A Module is a registered module of user-defined functions.
type Module struct {
	Name string // its file name, e.g. "people.lua"
	Hash string // the server's, in hexadecimal
	Type string // "LUA"
}

// maxModule is the largest size in bytes of a module that the server accepts
// (docs/wire-core.md#8.6).
const maxModule = 1 << 20

// RegisterUDF registers a Lua module, or replaces one. The name ends in ".lua" and has no
// directory. If the source does not compile the error is protocol.UDFError, with file, line and
// reason in Message. The task is done when every node has the module.
func (c *Client) RegisterUDF(ctx context.Context, p *cluster.InfoPolicy, name string, source []byte) (_ *Task, err error) {
	defer c.about(&err, "RegisterUDF", "", "")
	if err := checkModule(name); err != nil {
		return nil, err
	}
	if len(source) > maxModule {
		return nil, clientError(fmt.Errorf("%w: a module of %d bytes, at most %d are possible", protocol.ErrTooLarge, len(source), maxModule))
	}
	content := base64.StdEncoding.EncodeToString(source)
	command := fmt.Sprintf("udf-put:filename=%s;content=%s;content-len=%d;udf-type=LUA;", name, content, len(content))
	if _, err := c.moduleInfo(ctx, p, command); err != nil {
		return nil, err
	}
	return &Task{c, func(ctx context.Context) (bool, error) {
		return c.onAll(ctx, "udf-get:filename="+name, func(answer string) (bool, error) {
			return parseFields(answer)["content"] == content, nil
		})
	}}, nil
}

// RegisterUDFFile registers a local file, under the file's own name, as RegisterUDF does.
func (c *Client) RegisterUDFFile(ctx context.Context, p *cluster.InfoPolicy, path string) (_ *Task, err error) {
	defer c.about(&err, "RegisterUDFFile", "", "")
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, clientError(err)
	}
	return c.RegisterUDF(ctx, p, filepath.Base(path), source)
}

// RemoveUDF removes a module. It succeeds if there is none. The task is done when no node has the
// module any more.
func (c *Client) RemoveUDF(ctx context.Context, p *cluster.InfoPolicy, name string) (_ *Task, err error) {
	defer c.about(&err, "RemoveUDF", "", "")
	if err := checkModule(name); err != nil {
		return nil, err
	}
	if _, err := c.moduleInfo(ctx, p, "udf-remove:filename="+name+";"); err != nil {
		return nil, err
	}
	return &Task{c, func(ctx context.Context) (bool, error) {
		return c.onAll(ctx, "udf-list", func(answer string) (bool, error) {
			return !slices.ContainsFunc(parseModules(answer), func(m Module) bool { return m.Name == name }), nil
		})
	}}, nil
}

// ListUDF returns the modules of one node, sorted by name.
func (c *Client) ListUDF(ctx context.Context, p *cluster.InfoPolicy) (_ []Module, err error) {
	defer c.about(&err, "ListUDF", "", "")
	answer, err := c.moduleInfo(ctx, p, "udf-list")
	if err != nil {
		return nil, err
	}
	return parseModules(answer), nil
}

func parseModules(answer string) []Module {
	modules := make([]Module, 0, strings.Count(answer, "filename="))
	for entry := range strings.SplitSeq(answer, ";") {
		// A name may have commas in it.
		name, rest := entry, ""
		if i := strings.LastIndex(entry, ",hash="); i >= 0 {
			name, rest = entry[:i], entry[i+1:]
		}
		if name, ok := strings.CutPrefix(name, "filename="); ok && name != "" {
			f := info.ParseFields(rest, ",")
			modules = append(modules, Module{name, f["hash"], f["type"]})
		}
	}
	slices.SortFunc(modules, func(a, b Module) int { return cmp.Compare(a.Name, b.Name) })
	return modules
}

// GetUDF returns the source of a module. If it is not registered the error is
// [cluster.ErrNoModule].
func (c *Client) GetUDF(ctx context.Context, p *cluster.InfoPolicy, name string) (_ []byte, err error) {
	defer c.about(&err, "GetUDF", "", "")
	if err := checkModule(name); err != nil {
		return nil, err
	}
	answer, err := c.moduleInfo(ctx, p, "udf-get:filename="+name)
	if err != nil {
		return nil, err
	}
	source, err := base64.StdEncoding.DecodeString(parseFields(answer)["content"])
	if err != nil {
		return nil, clientError(fmt.Errorf("%w: the content of module %s: %v", protocol.ErrMalformed, name, err))
	}
	return source, nil
}

// moduleInfo asks one node.
func (c *Client) moduleInfo(ctx context.Context, p *cluster.InfoPolicy, command string) (string, error) {
	values, err := c.native().Info(ctx, p, command)
	if err == nil {
		err = moduleError(values[command])
	}
	return values[command], err
}

// checkModule refuses names that would change the meaning of their command.
func checkModule(name string) error {
	if name == "" || !info.Safe(name) || strings.ContainsAny(name, "/\\,") {
		return clientError(fmt.Errorf("%w: a module named %q; it must be the name of a file without a folder", protocol.ErrInvalidCommand, name))
	}
	return nil
}

// moduleError reads the answers of the udf commands, which have errors of a form of their own:
// "error=compile_error;file=a.lua;line=1;message=<base64>" (docs/wire-core.md#8.6).
func moduleError(answer string) error {
	kind, failed := strings.CutPrefix(answer, "error=")
	if !failed {
		return info.Error(answer)
	}
	kind, _, _ = strings.Cut(kind, ";")
	f := parseFields(answer)
	e := &protocol.Error{Code: protocol.UDFError, Attempts: 1, Message: kind}
	switch text, err := base64.StdEncoding.DecodeString(f["message"]); {
	case kind == "not_found":
		e.Code, e.Message, e.Err = protocol.ClientError, "", cluster.ErrNoModule
	case err == nil && len(text) > 0:
		e.Message = fmt.Sprintf("%s:%s: %s", f["file"], f["line"], text)
	}
	return e
}
