package devserver

import (
	"fmt"

	"github.com/aerosql/aerosql/cluster/devserver/internal/access"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// needs returns the permissions that the command requires (as_tsvc_process_transaction).
func (c *command) needs() access.Permission {
	m := c.message
	switch {
	case m.Info2&wire.Info2Write != 0 && m.Info2&wire.Info2Delete != 0:
		return access.Delete
	case m.Info2&wire.Info2Write != 0 && c.isUDF():
		return access.UDFApply
	case m.Info2&wire.Info2Write != 0 && m.Info1&wire.Info1Read != 0:
		return access.Write | access.Read
	case m.Info2&wire.Info2Write != 0:
		return access.Write
	}
	return access.Read
}

// permitted returns OK if the client may execute the command. A background query was checked when
// it started.
func (c *command) permitted() protocol.ResultCode {
	if c.conn == nil || c.conn.process.guard == nil {
		return protocol.OK
	}
	return c.conn.identity.permits(c.needs(), c.ns.name, string(c.setName))
}

// needs returns the permission that a query of the kind requires.
func (k queryKind) needs() access.Permission {
	return [...]access.Permission{access.Query, access.UDFQuery, access.UDFQuery, access.OpsQuery}[k]
}

// beginQuery creates the job of a query and reserves its quota. The caller must call end when the
// query ends.
func (c *conn) beginQuery(q *query) (j *job, end func(), code protocol.ResultCode) {
	release, code := c.identity.beginQuery(q.kind.writes(), q.rate)
	if code != protocol.OK {
		return nil, nil, code
	}
	j, code = c.node.queries.begin(c.process.running, q.queryFacts, q.short, c.nc.RemoteAddr().String())
	if code != protocol.OK {
		release()
		return nil, nil, code
	}
	return j, func() {
		c.node.queries.end(j)
		release()
	}, protocol.OK
}

func (k queryKind) writes() bool { return k == backgroundUDF || k == backgroundOps }

// infoPermissions are the permissions that restricted info commands require
// (docs/wire-core.md#8.2).
var infoPermissions = map[string]access.Permission{
	"udf-put": access.UDFAdmin, "udf-remove": access.UDFAdmin, "udf-clear-cache": access.UDFAdmin,
	"sindex-create": access.SIndexAdmin, "sindex-delete": access.SIndexAdmin, "sindex-exists": access.SIndexAdmin,
	"query-abort": access.QueryAdmin, "query-abort-all": access.QueryAdmin,
	"truncate": access.Truncate, "truncate-undo": access.Truncate,
	"truncate-namespace": access.Truncate, "truncate-namespace-undo": access.Truncate,
	"config-set": access.SetConfig, "set-config": access.SetConfig,
	"quiesce": access.ServiceControl, "quiesce-undo": access.ServiceControl, "recluster": access.ServiceControl, "revive": access.ServiceControl,
	"roster-set": access.ServiceControl, "services-alumni-reset": access.ServiceControl, "tip": access.ServiceControl, "tip-clear": access.ServiceControl,
	"dump-cluster": access.LoggingControl, "dump-fabric": access.LoggingControl, "dump-hb": access.LoggingControl, "dump-hlc": access.LoggingControl,
	"dump-migrates": access.LoggingControl, "dump-rw": access.LoggingControl, "dump-skew": access.LoggingControl,
	"dump-wb-summary": access.LoggingControl, "jem-stats": access.LoggingControl, "log-message": access.LoggingControl,
	"log-set": access.LoggingControl, "set-log": access.LoggingControl,
	"debug-record": access.RecordInfo, "debug-record-meta": access.RecordInfo, "eviction-reset": access.EvictAdmin,
	"xdr-set-filter": access.XDRSetFilter, "masking": access.MaskingAdmin,
}

// forbidden returns the error if the client may not use the command, otherwise "".
func (r *infoRequest) forbidden(name string) string {
	p := infoPermissions[name]
	if p == 0 {
		return ""
	}
	namespace, set := "", ""
	if p == access.Truncate {
		// Only this privilege can be limited to a namespace or set.
		namespace, _ = r.namespaceName()
		set, _ = r.param("set")
	}
	switch code := r.conn.identity.allows(p, namespace, set); code {
	case protocol.OK:
		return ""
	case protocol.RoleViolation:
		return infoError(code, fmt.Sprintf("role violation - requires permission '%v'", p))
	default:
		return infoSecurityError(code)
	}
}

// infoSecurityError returns the error for a client that is not authenticated.
func infoSecurityError(code protocol.ResultCode) string {
	if code == protocol.NotAuthenticated {
		return infoError(code, "not authenticated")
	}
	return infoError(code, "unexpected security result")
}
