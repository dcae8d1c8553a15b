package devserver

import (
	"cmp"
	"context"
	"crypto/sha1" // what the protocol asks for
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/udf"
)

// A module is a registered UDF file.
type module struct {
	name    string
	content []byte
}

// document returns the form in which a real cluster stores the module.
func (m module) document() string {
	return fmt.Sprintf(`{"content64": "%s", "type": "LUA", "name": "%s"}`, base64.StdEncoding.EncodeToString(m.content), m.name)
}

// hash returns the hash by which clients compare modules. It is not the hash of the content alone,
// but of the document.
func (m module) hash() string {
	sum := sha1.Sum([]byte(m.document()))
	return hex.EncodeToString(sum[:])
}

// A moduleRegistry holds the cluster's modules.
type moduleRegistry struct {
	mu    sync.Mutex
	files map[string]module
	code  udf.Modules // callable code of the modules
}

func (m *moduleRegistry) get(name string) (module, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.files[name]
	return f, ok
}

func (m *moduleRegistry) put(f module) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files == nil {
		m.files = make(map[string]module)
	}
	m.files[f.name] = f
	m.code.Put(f.name, f.content)
}

func (m *moduleRegistry) remove(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
	m.code.Remove(name)
}

// putModule registers a module.
func (s *Server) putModule(m module) {
	s.modules.put(m)
	s.journal.add(func(buf []byte) []byte { return moduleEntry(buf, m) })
}

// removeModule removes a module, if it exists.
func (s *Server) removeModule(name string) {
	s.modules.remove(name)
	s.journal.add(func(buf []byte) []byte { return dropModuleEntry(buf, name) })
}

// all returns the modules sorted by name.
func (m *moduleRegistry) all() []module {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []module
	for _, f := range m.files {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b module) int { return cmp.Compare(a.name, b.name) })
	return list
}

// moduleCommands are the info commands for modules (docs/wire-core.md#8.6). Their errors have their
// own form.
var moduleCommands = map[string]func(*infoRequest) string{
	"udf-put":         (*infoRequest).modulePut,
	"udf-get":         (*infoRequest).moduleGet,
	"udf-remove":      (*infoRequest).moduleRemove,
	"udf-list":        (*infoRequest).moduleList,
	"udf-clear-cache": (*infoRequest).moduleClear,
}

const (
	badFilename     = "error=invalid_filename"
	badContentLen   = "error=invalid_content_len"
	maxModule       = 1 << 20
	maxFilename     = 127
	moduleBudget    = 2 * time.Second // for the top-level statements of a file when it is registered
	base64GroupSize = 4
)

func (r *infoRequest) filename() (string, bool) {
	name, ok := r.param("filename")
	return name, ok && name != "" && len(name) <= maxFilename
}

func (r *infoRequest) modulePut() string {
	name, ok := r.filename()
	if dot := strings.IndexByte(name, '.'); !ok || dot <= 0 || dot == len(name)-1 {
		return badFilename
	}
	lengthText, ok := r.param("content-len")
	if !ok {
		return badContentLen
	}
	if kind, ok := r.param("udf-type"); ok && kind != "LUA" {
		return "error=invalid_udf_type"
	}
	length, err := strconv.ParseUint(lengthText, 10, 32)
	if err != nil || length%base64GroupSize != 0 {
		return badContentLen
	}
	text, ok := r.param("content")
	if !ok || uint64(len(text)) != length {
		return "error=invalid_content"
	}
	content, err := base64.StdEncoding.DecodeString(text)
	switch {
	case len(text)/base64GroupSize*3 > maxModule:
		return "error=invalid_udf_content_len,>1M"
	case err != nil, len(text) == 0:
		return "error=invalid_base64_content"
	}
	if failure := r.checkModule(name, content); failure != nil {
		return fmt.Sprintf("error=compile_error;file=%s;line=%d;message=%s",
			failure.File, failure.Line, base64.StdEncoding.EncodeToString([]byte(failure.Message)))
	}
	r.server.putModule(module{name, content})
	r.server.metadata.note(metadataUDF, name)
	return infoOK
}

// checkModule compiles a file and runs it once.
func (r *infoRequest) checkModule(name string, content []byte) *udf.CompileError {
	ctx, cancel := context.WithTimeout(r.node.process.running, moduleBudget)
	defer cancel()
	return r.server.modules.code.Check(ctx, name, content)
}

func (r *infoRequest) moduleGet() string {
	name, ok := r.filename()
	if !ok {
		return badFilename
	}
	f, ok := r.server.modules.get(name)
	switch {
	case !ok:
		return "error=not_found"
	case len(f.content) == 0:
		return "error=empty"
	}
	return "type=LUA;content=" + base64.StdEncoding.EncodeToString(f.content) + ";"
}

func (r *infoRequest) moduleRemove() string {
	name, ok := r.filename()
	if !ok {
		return badFilename
	}
	r.server.removeModule(name)
	r.server.metadata.note(metadataUDF, name)
	return infoOK
}

// moduleClear resets the global variables of functions.
func (r *infoRequest) moduleClear() string {
	r.server.modules.code.Clear()
	return infoOK
}

func (r *infoRequest) moduleList() string {
	var b strings.Builder
	for _, f := range r.server.modules.all() {
		fmt.Fprintf(&b, "filename=%s,hash=%s,type=LUA;", f.name, f.hash())
	}
	return b.String()
}
