package devserver

import (
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// logSink is the name of the only log, which is Options.Logger.
const logSink = "stderr"

// logContexts are the parts of a server whose log levels can be set, in the order of a real one.
var logContexts = strings.Split("misc alloc arenax hardware msg os secrets socket tls vault vmapx xmem aggr appeal as audit batch "+
	"batch-sub bin config clustering deprecation drv-mem drv_pmem drv_ssd exchange exp fabric flat geo hb health hlc index info "+
	"info-command key-busy migrate mrt-audit mrt-monitor namespace nsup particle partition proto proxy proxy-divert query record "+
	"roster rw rw-client security service service-list sindex skew smd storage truncate tsvc udf xdr xdr-client masking", " ")

var logLevelNames = []string{"CRITICAL", "WARNING", "INFO", "DEBUG", "DETAIL"}

const anyContext = "any"

// logLevels lists the level of each context, or of one.
func (r *infoRequest) logLevels() string {
	sink, context, one := strings.Cut(r.args, "/")
	switch {
	case strings.ContainsAny(r.args, ":=") || strings.HasSuffix(r.args, ":"):
		return infoError(protocol.ParameterError, "bad sink-id")
	case sink != "" && sink != "0":
		return infoErrorText("bad-id")
	case one && !slices.Contains(logContexts, context):
		return infoErrorText("bad-context")
	}
	var list []string
	for _, c := range logContexts {
		if !one || c == context {
			list = append(list, c+":"+r.node.logLevel(c))
		}
	}
	return strings.Join(list, ";")
}

func (n *node) logLevel(context string) string {
	if level, ok := n.levels.get(context); ok {
		return level
	}
	return "INFO"
}

// setLogLevels sets the reported levels of one or more contexts. What is logged depends on
// Options.Logger alone.
func (r *infoRequest) setLogLevels() string {
	id, ok := r.param("id")
	switch {
	case !ok:
		return infoError(protocol.ParameterError, "missing id")
	case strings.Trim(id, "0123456789") != "" || id == "":
		return infoError(protocol.ParameterError, "bad id")
	case id != "0":
		return infoError(protocol.ParameterError, "bad parameter")
	}
	levels := make(map[string]string)
	for part := range strings.SplitSeq(r.args, ";") {
		context, level, _ := strings.Cut(part, "=")
		if context == "id" {
			continue
		}
		level = strings.ToUpper(level)
		if !slices.Contains(logLevelNames, level) || context != anyContext && !slices.Contains(logContexts, context) {
			return infoError(protocol.ParameterError, "bad parameter")
		}
		levels[context] = level
	}
	if len(levels) == 0 {
		return infoError(protocol.ParameterError, "missing context")
	}
	if level, ok := levels[anyContext]; ok {
		for _, c := range logContexts {
			r.node.levels.set(c, level)
		}
		delete(levels, anyContext)
	}
	for context, level := range levels {
		r.node.levels.set(context, level)
	}
	return infoOK
}

// logMessage writes a client's message to the log.
func (r *infoRequest) logMessage() string {
	message, failure := r.required("message")
	if failure != "" {
		return failure
	}
	who, _ := r.param("who")
	r.server.options.Logger.Info(message, "node", r.node.name, "who", who)
	return ""
}
