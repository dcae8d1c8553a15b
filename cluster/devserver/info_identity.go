package devserver

// Identity of the nodes. Clients use the build to choose which features they use.
const (
	buildOS  = "debian12"
	arch     = "x86_64"
	sha      = "05b91c64f5fa7836a36e52e3797da34dc0325649"
	features = "batch-any;batch-index;blob-bits;cdt-index;cdt-list;cdt-map;cluster-stable;float;geo;sindex-exists;peers;" +
		"pipelining;pquery;pscans;query-show;relaxed-sc;replicas;replicas-all;replicas-master;replicas-max;truncate-namespace;udf"
	compatibilityID = "15"
)

// DefaultBuild is the server version that nodes report unless Options.Build says otherwise.
const DefaultBuild = "8.1.2.0"

var identityCommands = map[string]func(*infoRequest) string{
	"node":             (*infoRequest).nodeName,
	"name":             (*infoRequest).nodeName,
	"get-sl":           (*infoRequest).nodeName,
	"build":            (*infoRequest).build,
	"build_os":         fixed(buildOS),
	"build_arch":       fixed(arch),
	"build_sha":        fixed(sha),
	"build_ee_sha":     fixed(""),
	"build_time":       fixed("Thu Jan  1 00:00:00 UTC 2026"),
	"edition":          (*infoRequest).edition,
	"version":          (*infoRequest).version,
	"release":          (*infoRequest).release,
	"features":         fixed(features),
	"compatibility-id": fixed(compatibilityID),
	"digests":          fixed("RIPEMD160"),
	"partitions":       fixed("4096"),
	"status":           fixed(infoOK),
	"connection":       fixed("admin=false"),
	"cluster-name":     (*infoRequest).clusterName,
	"user-agent-set":   (*infoRequest).setUserAgent,
	"user-agents":      (*infoRequest).userAgents,
	"health-stats":     fixed(""),
	"health-outliers":  fixed(""),
	"best-practices":   fixed("failed_best_practices=none"),
	"recluster":        (*infoRequest).recluster,
}

func (r *infoRequest) edition() string { return r.server.options.Edition.String() }

func (r *infoRequest) build() string { return r.server.options.Build }

func (r *infoRequest) version() string { return r.edition() + " build " + r.build() }

func (r *infoRequest) release() string {
	return "edition=" + r.edition() + ";version=" + r.build() + ";os=" + buildOS + ";arch=" + arch + ";sha=" + sha
}

func (r *infoRequest) nodeName() string { return r.node.name }

func (r *infoRequest) clusterName() string {
	if name, ok := r.server.settings.get("cluster-name"); ok {
		return name
	}
	if name := r.server.options.ClusterName; name != "" {
		return name
	}
	return "null"
}
