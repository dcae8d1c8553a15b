package devserver

import (
	"strconv"

	"github.com/aerosql/aerosql/protocol"
)

var truncateCommands = map[string]func(*infoRequest) string{
	"truncate":                (*infoRequest).truncateSet,
	"truncate-namespace":      (*infoRequest).truncateNamespace,
	"truncate-undo":           (*infoRequest).truncateSetUndo,
	"truncate-namespace-undo": (*infoRequest).truncateNamespaceUndo,
}

// truncateSet removes the records of a set that were last updated before a given time, or before
// now.
func (r *infoRequest) truncateSet() string {
	name, setName, failure := r.truncated()
	if failure != "" {
		return failure
	}
	return r.truncate(name, setName)
}

// truncated returns the names of the namespace and the set. Neither has to exist.
func (r *infoRequest) truncated() (name, setName, failure string) {
	if name, failure = r.namespaceName(); failure != "" {
		return "", "", failure
	}
	if setName, failure = r.required("set"); len(setName) > protocol.MaxSetLen {
		failure = infoError(protocol.ParameterError, "'set' value too long")
	}
	return name, setName, failure
}

func (r *infoRequest) truncateNamespace() string {
	name, failure := r.wholeNamespace()
	if failure != "" {
		return failure
	}
	return r.truncate(name, "")
}

// wholeNamespace returns the name of the namespace. It refuses a set parameter, because the client
// probably wanted the other command.
func (r *infoRequest) wholeNamespace() (name, failure string) {
	if name, failure = r.namespaceName(); failure != "" {
		return "", failure
	}
	if _, ok := r.param("set"); ok {
		return "", infoError(protocol.ParameterError, "unexpected set name")
	}
	return name, ""
}

// truncate sets the truncation time and removes older records. Without a time from the client, it
// removes everything written before the answer.
func (r *infoRequest) truncate(name, setName string) string {
	clock := &r.server.clock
	before := clock.millis() + 1
	if text, ok := r.param("lut"); ok {
		// Numbers that are too large count as the largest, as in strtoul.
		nanos, _ := strconv.ParseUint(text, 0, 64)
		millis := nanos / 1_000_000
		switch {
		case millis <= epoch:
			return infoError(protocol.ParameterError, "would truncate to 0")
		case millis-epoch > clock.millis():
			return infoError(protocol.ParameterError, "would truncate in the future")
		}
		before = millis - epoch
	} else {
		clock.advance(before)
	}
	r.server.metadata.note(metadataTruncate, name+"|"+setName)
	if ns := r.server.namespace([]byte(name)); ns != nil {
		ns.truncate(setName, before)
	}
	return infoOK
}

// truncate hides records that were last updated before the given time, and removes them from the
// indexes before it returns.
func (ns *namespace) truncate(setName string, before uint64) {
	if setName == "" {
		ns.truncated.Store(max(before, ns.truncated.Load()))
	} else {
		s := ns.findSet([]byte(setName))
		if s == nil {
			return
		}
		s.truncated.Store(max(before, s.truncated.Load()))
	}
	ns.server.journal.add(func(buf []byte) []byte { return truncateEntry(buf, ns.name, setName, before) })
	ns.sweep(WasTruncated, func(_ int, r *record) bool { return !r.provisional() && r.expiredOrTruncated(ns, 0) })
}

// truncateSetUndo clears the truncation time. Removed records are not restored.
func (r *infoRequest) truncateSetUndo() string {
	name, setName, failure := r.truncated()
	if failure != "" {
		return failure
	}
	r.server.metadata.note(metadataTruncate, name+"|"+setName)
	if ns := r.server.namespace([]byte(name)); ns != nil {
		if s := ns.findSet([]byte(setName)); s != nil {
			s.truncated.Store(0)
		}
	}
	return infoOK
}

func (r *infoRequest) truncateNamespaceUndo() string {
	name, failure := r.wholeNamespace()
	if failure != "" {
		return failure
	}
	r.server.metadata.note(metadataTruncate, name+"|")
	if ns := r.server.namespace([]byte(name)); ns != nil {
		ns.truncated.Store(0)
	}
	return infoOK
}
