package devserver

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
)

// indexCommands create, drop and list secondary indexes (docs/wire-core.md#8.5).
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
		return r.indexLines(name, false)
	}
	return r.indexNumbers(name, indexName)
}

// indexLines lists the indexes on bins and expressions, followed by set indexes. Contexts and
// expressions are shown in base64 if b64 is set, otherwise in readable form.
func (r *infoRequest) indexLines(namespace string, b64 bool) string {
	var lines, sets []string
	for _, d := range r.server.indexes.in(namespace) {
		switch {
		case r.server.namespace([]byte(d.namespace)) == nil:
		case d.isSetIndex():
			sets = append(sets, d.line(b64))
		default:
			lines = append(lines, d.line(b64))
		}
	}
	list := strings.Join(lines, ";")
	if len(sets) == 0 {
		return list
	}
	return list + ";" + strings.Join(sets, ";")
}

// line returns the definition in the form of sindex-list.
func (d *registeredIndex) line(b64 bool) string {
	if d.isSetIndex() {
		return fmt.Sprintf("ns=%s:indexname=%s:set=%s:indextype=%s", d.namespace, d.name, d.set, formNames[d.form])
	}
	context, packed := "null", "null"
	switch {
	case d.context != "" && b64:
		context = encoded(d.context)
	case d.context != "":
		context = showContext(d.context)
	case d.expression != "" && b64:
		packed = encoded(d.expression)
	case d.expression != "":
		packed = showExpression(d.expression)
	}
	state := "WO"
	if d.live == nil || d.live.ready.Load() {
		state = "RW"
	}
	return fmt.Sprintf("ns=%s:indexname=%s:set=%s:bin=%s:type=%s:indextype=%s:context=%s:exp=%s:state=%s", d.namespace, d.name,
		orNull(d.set), orNull(d.bin), typeName(d.particle), formNames[d.form], context, packed, state)
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

func encoded(packed string) string { return base64.StdEncoding.EncodeToString([]byte(packed)) }

func (r *infoRequest) indexList() string {
	b64, hasB64 := r.param("b64")
	if hasB64 && b64 != "true" && b64 != "false" {
		return infoError(protocol.ParameterError, "bad b64")
	}
	_, hasName := r.param("namespace")
	_, hasOldName := r.param("ns")
	if !hasName && !hasOldName {
		return r.indexLines("", b64 == "true")
	}
	ns, failure := r.namespace()
	if ns == nil {
		return failure
	}
	return r.indexLines(ns.name, b64 == "true")
}

func (r *infoRequest) indexDelete() string {
	name, failure := r.indexName()
	if failure != "" {
		return failure
	}
	namespace, failure := r.namespaceName()
	if failure != "" {
		return failure
	}
	r.server.indexes.delete(r.server, namespace, name)
	r.server.metadata.note(metadataIndexes, namespace+"|"+name)
	return infoOK
}

func (r *infoRequest) indexExists() string {
	name, failure := r.indexName()
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
	name, failure := r.indexName()
	if failure != "" {
		return failure
	}
	ns, failure := r.namespace()
	if ns == nil {
		return failure
	}
	return r.indexNumbers(ns.name, name)
}

// indexNumbers returns the statistics of an index on this node.
func (r *infoRequest) indexNumbers(namespace, name string) string {
	d, ok := r.server.indexes.named(namespace, name)
	switch {
	case ok && d.isSetIndex():
		return r.setIndexNumbers(&d)
	case !ok || d.live == nil:
		return infoError(protocol.IndexNotFound, "no index")
	}
	u := &d.live.nodes[r.node.number]
	return fmt.Sprintf("entries=%d;used_bytes=%d;entries_per_bval=%d;entries_per_rec=%d;load_pct=%d;load_time=%d;stat_gc_recs=0",
		u.entries.Load(), d.live.usedBytes(r.node.number), u.perValue.Load(), u.perRecord.Load(), d.live.loadPercent(), d.live.loadTime.Load())
}

// setIndexEntryBytes is the size of a record's entry in a set index.
const setIndexEntryBytes = 16

func (r *infoRequest) setIndexNumbers(d *registeredIndex) string {
	var entries int64
	if set := r.server.namespace([]byte(d.namespace)).findSet([]byte(d.set)); set != nil {
		entries = set.usage[r.node.number].objects.Load()
	}
	return fmt.Sprintf("entries=%d;used_bytes=%d;load_pct=100", entries, entries*setIndexEntryBytes)
}

// optional returns an optional parameter. If present, it must not be empty or longer than limit.
func (r *infoRequest) optional(key string, limit int) (value string, has bool, failure string) {
	value, has = r.param(key)
	switch {
	case has && value == "":
		failure = infoError(protocol.ParameterError, "missing '"+key+"' value")
	case len(value) > limit:
		failure = infoError(protocol.ParameterError, "'"+key+"' value too long")
	}
	return value, has, failure
}

// indexName returns the parameter with the index name.
func (r *infoRequest) indexName() (name, failure string) {
	if name, failure = r.required("indexname"); len(name) > maxIndexName {
		failure = infoError(protocol.ParameterError, "'indexname' value too long")
	}
	return name, failure
}

// Maximum lengths of the parameters of a definition, in bytes.
const (
	maxIndexForm       = 9
	maxIndexContext    = 2047
	maxIndexExpression = 1<<14 - 1
)

// indexCreate accepts both forms of a definition: type with bin or exp, and the older
// indexdata=bin,type.
func (r *infoRequest) indexCreate() string {
	var d indexDefinition
	var failure string
	if d.name, failure = r.indexName(); failure != "" {
		return failure
	}
	if d.namespace, failure = r.namespaceName(); failure != "" {
		return failure
	}
	if d.set, _, failure = r.optional("set", protocol.MaxSetLen); failure != "" {
		return failure
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
	r.server.metadata.note(metadataIndexes, d.namespace+"|"+d.name)
	return infoOK
}

func (r *infoRequest) readIndexType(d *indexDefinition) string {
	text, ok, failure := r.optional("indextype", maxIndexForm)
	if !ok || failure != "" {
		return failure
	}
	if d.form, ok = formOf(text); !ok || d.isSetIndex() && r.server.lacks("set indexes") {
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
	text, ok, failure := r.optional("context", maxIndexContext)
	if !ok || failure != "" {
		return failure
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
	if d.particle, ok = typeOf(keyType); ok && d.particle == protocol.ParticleBlob && r.server.lacks("blob indexes") {
		return infoError(protocol.ParameterError, "bad 'type' - must be one of 'numeric', 'string', 'geo2dsphere'")
	}
	if !ok {
		return infoError(protocol.ParameterError, "bad 'type' - must be one of 'numeric', 'string', 'blob', 'geo2dsphere'")
	}
	bin, hasBin, failure := r.optional("bin", protocol.MaxBinNameLen)
	if failure != "" {
		return failure
	}
	packed, hasExp, failure := r.optional("exp", maxIndexExpression)
	hasExp = hasExp && !r.server.lacks("expression indexes")
	switch {
	case failure != "":
		return failure
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

func readIndexExpression(d *indexDefinition, text string) string {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return infoError(protocol.ParameterError, badExpression)
	}
	if err := checkIndexExpression(packed, d.form, d.particle); err != nil {
		return infoError(protocol.ParameterError, err.Error())
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
