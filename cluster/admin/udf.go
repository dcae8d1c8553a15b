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
	Name string // file name, such as "people.lua"
	Hash string // computed by the server, in hexadecimal
	Type string // "LUA"
}

// maxModule is the maximum size in bytes of a module that the server accepts
// (docs/wire-core.md#8.6).
const maxModule = 1 << 20

// RegisterUDF registers a Lua module or replaces an existing one. The name must end in ".lua" and
// must not include a directory. If the source does not compile, the error is protocol.UDFError, and
// its Message has file, line and reason. The task is done when every node has the module.
func (c *Client) RegisterUDF(ctx context.Context, p *cluster.InfoPolicy, name string, source []byte) (_ *Task, err error) {
	defer c.about(&err, "RegisterUDF", "", "")
	if err := checkModule(name); err != nil {
		return nil, err
	}
	if len(source) > maxModule {
		return nil, clientError(fmt.Errorf("%w: module has %d bytes, maximum is %d", protocol.ErrTooLarge, len(source), maxModule))
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

// RegisterUDFFile is like RegisterUDF, but reads the source from a local file. The module has the
// file's base name.
func (c *Client) RegisterUDFFile(ctx context.Context, p *cluster.InfoPolicy, path string) (_ *Task, err error) {
	defer c.about(&err, "RegisterUDFFile", "", "")
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, clientError(err)
	}
	return c.RegisterUDF(ctx, p, filepath.Base(path), source)
}

// RemoveUDF removes a module. It succeeds if the module does not exist. The task is done when all
// nodes have removed the module.
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
		// A name may contain commas.
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

// GetUDF returns the source of a module. If the module is not registered, the error is
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
		return nil, clientError(fmt.Errorf("%w: content of module %s: %v", protocol.ErrMalformed, name, err))
	}
	return source, nil
}

// moduleInfo sends a command about modules to one node and returns the answer.
func (c *Client) moduleInfo(ctx context.Context, p *cluster.InfoPolicy, command string) (string, error) {
	values, err := c.native().Info(ctx, p, command)
	if err == nil {
		err = moduleError(values[command])
	}
	return values[command], err
}

// checkModule rejects names that would change the meaning of the info command.
func checkModule(name string) error {
	if name == "" || !info.Safe(name) || strings.ContainsAny(name, "/\\,") {
		return clientError(fmt.Errorf("%w: module name %q must be a file name without a directory", protocol.ErrInvalidCommand, name))
	}
	return nil
}

// moduleError returns the error in an answer to a udf command, if there is one. These errors have
// their own format: "error=compile_error;file=a.lua;line=1;message=<base64>"
// (docs/wire-core.md#8.6).
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
