package devserver

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
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

// index is the older form of sindex-list and sindex-stat: sindex/namespace/index.
func (r *infoRequest) index() string {
	name, indexName, one := strings.Cut(r.args, "/")
	if name != "" && r.server.namespace([]byte(name)) == nil {
		return "ns_type=unknown"
	}
	switch {
	case !one:
		return r.indexLines(name)
	}
	return r.indexNumbers(name, indexName)
}

// indexLines lists the indexes over bins and expressions, and behind them those over sets.
func (r *infoRequest) indexLines(namespace string) string {
	var lines, sets []string
	for _, d := range r.server.indexes.in(namespace) {
		switch {
		case r.server.namespace([]byte(d.namespace)) == nil:
		case d.isSetIndex():
			sets = append(sets, d.line())
		default:
			lines = append(lines, d.line())
		}
	}
	list := strings.Join(lines, ";")
	if len(sets) == 0 {
		return list
	}
	return list + ";" + strings.Join(sets, ";")
}

// line is the definition as sindex-list tells it.
func (d *registeredIndex) line() string {
	if d.isSetIndex() {
		return fmt.Sprintf("ns=%s:indexname=%s:set=%s:indextype=%s", d.namespace, d.name, d.set, formNames[d.form])
	}
	state := "WO"
	if d.live == nil || d.live.ready.Load() {
		state = "RW"
	}
	return fmt.Sprintf("ns=%s:indexname=%s:set=%s:bin=%s:type=%s:indextype=%s:context=%s:exp=%s:state=%s", d.namespace, d.name,
		orNull(d.set), orNull(d.bin), typeName(d.particle), formNames[d.form], orNull(encoded(d.context)), orNull(encoded(d.expression)), state)
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

func encoded(packed string) string { return base64.StdEncoding.EncodeToString([]byte(packed)) }

func (r *infoRequest) indexList() string {
	switch b64, _ := r.param("b64"); b64 {
	case "", "true", "false":
	default:
		return infoError(protocol.ParameterError, "bad b64")
	}
	_, hasName := r.param("namespace")
	_, hasOldName := r.param("ns")
	if !hasName && !hasOldName {
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
	if ns == nil {
		return failure
	}
	_, ok := r.server.indexes.named(ns.name, name)
	return strconv.FormatBool(ok)
}

func (r *infoRequest) indexStatistics() string {
	name, failure := r.required("indexname")
	if failure != "" {
		return failure
	}
	ns, failure := r.namespace()
	if ns == nil {
		return failure
	}
	return r.indexNumbers(ns.name, name)
}

// indexNumbers tells what an index holds on the node.
func (r *infoRequest) indexNumbers(namespace, name string) string {
	d, ok := r.server.indexes.named(namespace, name)
	if !ok || d.live == nil {
		return infoError(protocol.IndexNotFound, "no index")
	}
	u := &d.live.nodes[r.node.number]
	return fmt.Sprintf("entries=%d;used_bytes=%d;entries_per_bval=%d;entries_per_rec=%d;load_pct=%d;load_time=%d;stat_gc_recs=0",
		u.entries.Load(), d.live.usedBytes(r.node.number), u.perValue.Load(), u.perRecord.Load(), d.live.loadPercent(), d.live.loadTime.Load())
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
	if d.form == secondary.MapKeys && d.particle == protocol.ParticleGeoJSON {
		return infoError(protocol.ParameterError,
			"bad 'indexdata' bin type for 'indextype' 'mapkeys' - must be one of 'numeric', 'string', 'blob'")
	}
	if err := r.server.indexes.create(r.server, d); err != nil {
		return infoError(err.Code, err.Message)
	}
	return infoOK
}

func (r *infoRequest) readIndexType(d *indexDefinition) string {
	text, ok := r.param("indextype")
	if !ok {
		return ""
	}
	if d.form, ok = formOf(text); !ok {
		return infoError(protocol.ParameterError, "bad 'indextype' - must be one of 'default', 'list', 'mapkeys', 'mapvalues'")
	}
	if !d.isSetIndex() {
		return ""
	}
	for _, name := range []string{"context", "indexdata", "type", "bin", "exp"} {
		if _, ok := r.param(name); ok {
			return infoError(protocol.ParameterError, name+" parameter is not supported for set index")
		}
	}
	if _, failure := r.required("set"); failure != "" {
		return failure
	}
	if r.server.namespace([]byte(d.namespace)) == nil {
		return infoError(protocol.ParameterError, "namespace not found")
	}
	return ""
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
	d.context = string(data)
	return ""
}

// readTarget reads what is indexed: a bin or an expression, and the type of its values.
func (r *infoRequest) readTarget(d *indexDefinition) string {
	old, hasOld := r.param("indexdata")
	keyType, hasType := r.param("type")
	switch {
	case d.isSetIndex():
		return ""
	case hasOld && hasType:
		return infoError(protocol.ParameterError, "both 'indexdata' and 'type' are specified")
	case hasOld:
		return readIndexData(d, old)
	case !hasType:
		return infoError(protocol.ParameterError, "both 'indexdata' and 'type' are missing")
	}
	var ok bool
	if d.particle, ok = typeOf(keyType); !ok {
		return infoError(protocol.ParameterError, "bad 'type' - must be one of 'numeric', 'string', 'blob', 'geo2dsphere'")
	}
	bin, hasBin := r.param("bin")
	packed, hasExp := r.param("exp")
	switch {
	case hasBin && hasExp:
		return infoError(protocol.ParameterError, "both 'bin' and 'exp' are specified")
	case !hasBin && !hasExp:
		return infoError(protocol.ParameterError, "both 'bin' and 'exp' are missing")
	case hasExp && d.context != "":
		return infoError(protocol.ParameterError, "both 'context' and 'exp' are specified")
	case hasExp:
		return readIndexExpression(d, packed)
	}
	d.bin = bin
	return ""
}

// badExpression is what is said of an expression that no index can be over.
const badExpression = "bad 'exp'"

func readIndexExpression(d *indexDefinition, text string) string {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return infoError(protocol.ParameterError, badExpression)
	}
	if _, code := expression.Parse(packed); code != protocol.OK {
		return infoError(protocol.ParameterError, badExpression)
	}
	d.expression = string(packed)
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
	if d.particle, ok = typeOf(keyType); !ok {
		return infoError(protocol.ParameterError,
			"bad 'indexdata' bin type - must be one of 'numeric', 'string', 'blob', 'geo2dsphere'")
	}
	return ""
}
