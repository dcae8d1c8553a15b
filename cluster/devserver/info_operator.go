package devserver

import (
	"fmt"
	"net"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// operatorCommands are the info commands that operators use to look into a node: logs, dumps,
// heartbeats and metadata. A node here has no files and no network of its own, so commands that
// write to the log write to Options.Logger, and seeds for heartbeats are only remembered.
var operatorCommands = map[string]func(*infoRequest) string{
	"help":                  (*infoRequest).help,
	"logs":                  fixed("0:" + logSink),
	"log":                   (*infoRequest).logLevels,
	"log-set":               (*infoRequest).setLogLevels,
	"set-log":               (*infoRequest).setLogLevels,
	"log-message":           (*infoRequest).logMessage,
	"dump-cluster":          (*infoRequest).dumpVerbose,
	"dump-fabric":           (*infoRequest).dumpVerbose,
	"dump-hb":               (*infoRequest).dumpVerbose,
	"dump-hlc":              (*infoRequest).dumpVerbose,
	"dump-migrates":         (*infoRequest).dumpVerbose,
	"dump-rw":               fixed(infoOK),
	"dump-skew":             fixed(infoOK),
	"jem-stats":             fixed(infoOK),
	"thread-traces":         (*infoRequest).threadTraces,
	"index-pressure":        (*infoRequest).indexPressure,
	"physical-devices":      (*infoRequest).physicalDevices,
	"get-stats":             (*infoRequest).getStats,
	"histogram":             (*infoRequest).histogram,
	"mesh":                  (*infoRequest).mesh,
	"mcast":                 fixed(infoError(protocol.ParameterError, "heartbeat is in multicast mode")),
	"tip":                   (*infoRequest).tip,
	"tip-clear":             (*infoRequest).clearTips,
	"services-alumni-reset": fixed(infoOK),
	"eviction-reset":        (*infoRequest).resetEviction,
	"smd-info":              (*infoRequest).metadata,
	"smd-show":              (*infoRequest).showMetadata,
}

// documented are the commands that help lists, after those of infoSummary.
const documented = "best-practices;cluster-name;cluster-stable;debug-record;debug-record-meta;dump-cluster;dump-fabric;dump-hb;" +
	"dump-hlc;dump-migrates;dump-rw;dump-skew;dump-wb-summary;eviction-reset;get-config;get-sl;get-stats;" +
	"health-outliers;health-stats;help;histogram;index-pressure;jem-stats;latencies;log;log-message;log-set;logs;" +
	"namespace;namespaces;peers-clear-alt;peers-clear-std;peers-generation;physical-devices;query-abort;query-abort-all;" +
	"query-show;recluster;service;services-alumni-reset;set-config;set-log;sets;sindex-create;sindex-delete;" +
	"sindex-exists;sindex-list;sindex-stat;status;thread-traces;tip;tip-clear;truncate;truncate-namespace;" +
	"truncate-namespace-undo;truncate-undo;udf-get;udf-list;udf-put;udf-remove"

func (r *infoRequest) help() string { return strings.Join(infoSummary, ";") + ";" + documented }

// infoErrorText returns an error without a result code, which some older commands answer.
func infoErrorText(text string) string { return "ERROR::" + text }

// dumpVerbose answers the commands that write a node's state to its log.
func (r *infoRequest) dumpVerbose() string {
	if v, ok := r.param("verbose"); ok && v != "true" && v != "false" {
		return infoError(protocol.ParameterError, "'verbose' may be either 'true' or 'false'")
	}
	return infoOK
}

// threadTraces returns the stacks of all goroutines.
func (r *infoRequest) threadTraces() string {
	const limit = 1 << 20
	stacks := make([]byte, limit)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return strings.NewReplacer("\n\n", ";----------;", "\n\t", " ", "\n", ";", "\t", " ").Replace(string(stacks))
}

// indexPressure returns for each namespace the number of index pages in memory and those to be
// written. Indexes are in memory, so there are none.
func (r *infoRequest) indexPressure() string {
	var list []string
	for _, ns := range r.server.namespaces.Load().list {
		list = append(list, ns.name+":0:0")
	}
	return strings.Join(list, ";")
}

func (r *infoRequest) physicalDevices() string {
	if _, failure := r.required("path"); failure != "" {
		return failure
	}
	return infoError(protocol.KeyNotFound, "no device info")
}

// getStats answers for the only context that the command has: shipping to other clusters.
func (r *infoRequest) getStats() string {
	context, failure := r.required("context")
	if failure != "" {
		return failure
	}
	if context != "xdr" {
		return infoError(protocol.ParameterError, "unknown context")
	}
	return ""
}

// histogram validates the request. Histograms have no data.
func (r *infoRequest) histogram() string {
	ns, failure := r.namespace()
	if failure != "" {
		return failure
	}
	kind, failure := r.required("type")
	if failure != "" {
		return failure
	}
	if name, ok := r.param("set"); ok && ns.findSet([]byte(name)) == nil {
		return infoError(protocol.ParameterError, "unknown set name")
	}
	if !slices.Contains([]string{"ttl", "object-size", "object-size-linear"}, kind) {
		return infoError(protocol.ParameterError, "unknown hist name")
	}
	return ""
}

// Distances of the usual ports from the service port.
const (
	fabricOffset    = 1
	heartbeatOffset = 2
)

// mesh returns the address for heartbeats. Nothing listens there.
func (r *infoRequest) mesh() string {
	return net.JoinHostPort(r.node.host, strconv.Itoa(r.node.port+heartbeatOffset))
}

// tip remembers an address that heartbeats should be sent to.
func (r *infoRequest) tip() string {
	host, failure := r.required("host")
	if failure != "" {
		return failure
	}
	port, failure := r.required("port")
	if failure != "" {
		return failure
	}
	n, err := strconv.Atoi(port)
	switch {
	case err != nil:
		return infoError(protocol.ParameterError, "'port' must be an integer")
	case n < 0 || n > 65535:
		return infoErrorText("unknown")
	}
	r.node.tips.set(net.JoinHostPort(host, port), "")
	return infoOK
}

// clearTips forgets addresses, which are separated by commas.
func (r *infoRequest) clearTips() string {
	list, failure := r.required("host-port-list")
	if failure != "" {
		return failure
	}
	cleared, missing := 0, 0
	for address := range strings.SplitSeq(list, ",") {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return infoErrorText(fmt.Sprintf("%d cleared, %d not found", cleared, missing))
		}
		if r.node.tips.remove(address) {
			cleared++
		} else {
			missing++
		}
	}
	if missing > 0 {
		return infoErrorText(fmt.Sprintf("%d cleared, %d not found", cleared, missing))
	}
	return infoOK
}

// resetEviction accepts a reset of the eviction depth. Nothing is ever evicted.
func (r *infoRequest) resetEviction() string {
	name, failure := r.namespaceName()
	if failure != "" {
		return failure
	}
	r.server.metadata.note(metadataEviction, name)
	return infoOK
}
