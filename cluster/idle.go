package cluster

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// idleShare is the part of the time after which a server closes an idle connection that a pool
// keeps one: a connection must not be closed while a request is on its way.
const idleShare = 0.9

// learnIdleLimit lowers the time that connections may be idle to what the server allows, where that
// is less: some servers close them earlier than the configuration of the client expects
// (proto-fd-idle-ms).
func (n *Node) learnIdleLimit(ctx context.Context, env *env) error {
	if env.IdleTimeout < 0 {
		return nil
	}
	values, err := n.askEach(ctx, env, "get-config:context=service")
	if err != nil {
		return err
	}
	if limit := parseIdleLimit(values[0]); limit > 0 {
		n.pool.LowerIdleTimeout(time.Duration(float64(limit) * idleShare))
	}
	return nil
}

// parseIdleLimit finds the limit in a list of settings, or in an error of the server, which has
// none.
func parseIdleLimit(settings string) time.Duration {
	for setting := range strings.SplitSeq(settings, ";") {
		if text, found := strings.CutPrefix(setting, "proto-fd-idle-ms="); found {
			ms, err := strconv.ParseUint(text, 10, 31)
			if err != nil {
				return 0
			}
			return time.Duration(ms) * time.Millisecond
		}
	}
	return 0
}
