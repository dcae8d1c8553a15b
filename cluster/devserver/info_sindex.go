package devserver

import (
	"encoding/base64"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// indexCommands define secondary indexes and tell about them (wire-core.md 8.5).
var indexCommands = map[string]func(*infoRequest) string{
	"sindex":        (*infoRequest).index,
	"sindex-list":   (*infoRequest).indexList,
	"sindex-create": (*infoRequest).indexCreate,
	"sindex-delete": (*infoRequest).indexDelete,
	"sindex-exists": (*infoRequest).indexExists,
	"sindex-stat":   (*infoRequest).indexStatistics,
}

// indexStat tells of an index that is complete and empty.
const indexStat = "entries=0;used_bytes=16777216;entries_per_bval=0;entries_per_rec=0;load_pct=100;load_time=0;stat_gc_recs=0"

// index is the older form of sindex-list and sindex-stat: sindex/namespace/index.
func (r *infoRequest) index() string {
	name, indexName, one := strings.Cut(r.args, "/")
	if name != "" && r.server.namespace([]byte(name)) == nil {
		return "ns_type=unknown"
	}
	switch {
	case !one:
		return r.indexLines(name)
	case r.server.indexes.has(name, indexName):
		return indexStat
	}
	return infoError(protocol.IndexNotFound, "no index")
}

func (r *infoRequest) indexLines(namespace string) string {
	var lines []string
	for _, d := range r.server.indexes.in(namespace) {
		if r.server.namespace([]byte(d.namespace)) != nil {
			lines = append(lines, d.line())
		}
	}
	return strings.Join(lines, ";")
}

func (r *infoRequest) indexList() string {
	if r.args == "" {
		return r.indexLines("")
	}
	ns, failure := r.namespace()
	if ns == nil {
		return failure
	}
	return r.indexLines(ns.name)
}

func (r *infoRequest) indexDelete() string {
	name, failure := r.required("indexname")
	if failure != "" {
		return failure
	}
	namespace, failure := r.namespaceName()
	if failure != "" {
		return failure
	}
	r.server.indexes.delete(namespace, name)
	return infoOK
}

func (r *infoRequest) indexExists() string {
	name, failure := r.required("indexname")
	if failure != "" {
		return failure
	}
	ns, failure := r.namespace()
	switch {
	case ns == nil:
		return failure
	case r.server.indexes.has(ns.name, name):
		return "true"
	}
	return "false"
}

func (r *infoRequest) indexStatistics() string {
	name, failure := r.required("indexname")
	if failure != "" {
		return failure
	}
	ns, failure := r.namespace()
	switch {
	case ns == nil:
		return failure
	case r.server.indexes.has(ns.name, name):
		return indexStat
	}
	return infoError(protocol.IndexNotFound, "no index")
}

// indexCreate takes both forms of definitions: type with bin or exp, and the
// older indexdata=bin,type.
func (r *infoRequest) indexCreate() string {
	var d indexDefinition
	var failure string
	if d.name, failure = r.required("indexname"); failure != "" {
		return failure
	}
	if d.namespace, failure = r.namespaceName(); failure != "" {
		return failure
	}
	if d.set, _ = r.param("set"); len(d.set) > protocol.MaxSetLen {
		return infoError(protocol.ParameterError, "'set' value too long")
	}
	for _, read := range []func(*infoRequest, *indexDefinition) string{
		(*infoRequest).readIndexType, (*infoRequest).readContext, (*infoRequest).readTarget,
	} {
		if failure = read(r, &d); failure != "" {
			return failure
		}
	}
	if d.indexType == indexTypeMapKeys && d.keyType == keyTypeGeo {
		return infoError(protocol.ParameterError,
			"bad 'indexdata' bin type for 'indextype' 'mapkeys' - must be one of 'numeric', 'string', 'blob'")
	}
	if err := r.server.indexes.create(d); err != nil {
		return infoError(err.Code, err.Message)
	}
	if ns := r.server.namespace([]byte(d.namespace)); ns != nil {
		if _, code := ns.createSet([]byte(d.set)); code != protocol.OK {
			return infoError(code, "failed to get/create set")
		}
	}
	return infoOK
}

func (r *infoRequest) readIndexType(d *indexDefinition) string {
	d.indexType = indexTypeDefault
	text, ok := r.param("indextype")
	if !ok {
		return ""
	}
	if d.indexType, ok = lowerOneOf(indexTypes, text); !ok {
		return infoError(protocol.ParameterError, "bad 'indextype' - must be one of 'default', 'list', 'mapkeys', 'mapvalues'")
	}
	if d.indexType != indexTypeSet {
		return ""
	}
	for _, name := range []string{"context", "indexdata", "type", "bin", "exp"} {
		if _, ok := r.param(name); ok {
			return infoError(protocol.ParameterError, name+" parameter is not supported for set index")
		}
	}
	_, failure := r.required("set")
	return failure
}

func (r *infoRequest) readContext(d *indexDefinition) string {
	text, ok := r.param("context")
	if !ok {
		return ""
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return infoError(protocol.ParameterError, "'context' invalid base64")
	}
	if err := checkContext(data); err != nil {
		return infoError(protocol.ParameterError, err.Error())
	}
	d.context = text
	return ""
}

// readTarget reads what is indexed: a bin or an expression, and the type of its values.
func (r *infoRequest) readTarget(d *indexDefinition) string {
	old, hasOld := r.param("indexdata")
	keyType, hasType := r.param("type")
	switch {
	case d.indexType == indexTypeSet:
		return ""
	case hasOld && hasType:
		return infoError(protocol.ParameterError, "both 'indexdata' and 'type' are specified")
	case hasOld:
		return readIndexData(d, old)
	case !hasType:
		return infoError(protocol.ParameterError, "both 'indexdata' and 'type' are missing")
	}
	var ok bool
	if d.keyType, ok = lowerOneOf(keyTypes, keyType); !ok {
		return infoError(protocol.ParameterError, "bad 'type' - must be one of 'numeric', 'string', 'blob', 'geo2dsphere'")
	}
	var hasBin, hasExp bool
	d.bin, hasBin = r.param("bin")
	d.expression, hasExp = r.param("exp")
	switch {
	case hasBin && hasExp:
		return infoError(protocol.ParameterError, "both 'bin' and 'exp' are specified")
	case !hasBin && !hasExp:
		return infoError(protocol.ParameterError, "both 'bin' and 'exp' are missing")
	case hasExp && d.context != "":
		return infoError(protocol.ParameterError, "both 'context' and 'exp' are specified")
	}
	return ""
}

func readIndexData(d *indexDefinition, data string) string {
	var ok bool
	bin, keyType, found := strings.Cut(data, ",")
	switch {
	case !found:
		return infoError(protocol.ParameterError, "'indexdata' missing bin type")
	case bin == "":
		return infoError(protocol.ParameterError, "'indexdata' missing bin name")
	case len(bin) > protocol.MaxBinNameLen:
		return infoError(protocol.ParameterError, "'indexdata' bin name too long")
	}
	if d.bin = bin; keyType == "" {
		keyType = "?"
	}
	if d.keyType, ok = lowerOneOf(keyTypes, keyType); !ok {
		return infoError(protocol.ParameterError,
			"bad 'indexdata' bin type - must be one of 'numeric', 'string', 'blob', 'geo2dsphere'")
	}
	return ""
}
