package admin

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
)

// A ConfigContext selects a part of the server configuration. Functions such as NamespaceConfig
// return one. The zero ConfigContext selects everything outside of namespaces: service, network
// and, if configured, security.
type ConfigContext struct{ kind, namespace, set, datacenter string }

// ServiceConfig selects the section service of the configuration file.
func ServiceConfig() ConfigContext { return ConfigContext{kind: "service"} }

// NetworkConfig selects the section network. Setting names begin with the subsection, as in
// "heartbeat.interval".
func NetworkConfig() ConfigContext { return ConfigContext{kind: "network"} }

// SecurityConfig selects the section security. It is empty on a Community server.
func SecurityConfig() ConfigContext { return ConfigContext{kind: "security"} }

// NamespaceConfig selects the section of a namespace.
func NamespaceConfig(namespace string) ConfigContext {
	return ConfigContext{kind: "namespace", namespace: namespace}
}

// SetConfig selects the section of a set in a namespace. ServerConfig can't read it; Sets returns
// the settings.
func SetConfig(namespace, set string) ConfigContext {
	return ConfigContext{kind: "namespace", namespace: namespace, set: set}
}

// XDRConfig selects the section xdr, or in it the section of a data center, or in that the section
// of a namespace. Both arguments may be "". Needs the Enterprise Edition.
func XDRConfig(datacenter, namespace string) ConfigContext {
	return ConfigContext{kind: "xdr", datacenter: datacenter, namespace: namespace}
}

// ServerConfig returns a part of each node's current configuration, keyed by node name.
func (c *Client) ServerConfig(ctx context.Context, p *cluster.InfoPolicy, of ConfigContext) (_ map[string]InfoFields, err error) {
	defer c.about(&err, "ServerConfig", of.namespace, of.set)
	if of.set != "" {
		return nil, configError("the configuration of set %q can't be read; Sets returns it", of.set)
	}
	command, err := c.configCommand("get-config", of)
	if err != nil {
		return nil, err
	}
	return ofEach(ctx, c, p, command, func(answer string) (InfoFields, error) { return parseFields(answer), nil })
}

// SetServerConfig changes settings of all running nodes. It does not change their configuration
// files: a node that restarts has the old settings, and a node that joins later does not get the
// new ones.
//
// SetServerConfig tries every setting on every node. The error joins one *protocol.Error, with the
// node's name, for each setting that a node refused; all other settings have been changed. The code
// is protocol.ParameterError if a setting is unknown, can't be changed while the server runs, or is
// out of range.
func (c *Client) SetServerConfig(ctx context.Context, p *cluster.InfoPolicy, of ConfigContext, settings map[string]string) (err error) {
	defer c.about(&err, "SetServerConfig", of.namespace, of.set)
	if len(settings) == 0 || of.kind == "" {
		return configError("SetServerConfig needs a ConfigContext and at least one setting")
	}
	start, err := c.configCommand("set-config", of)
	if err != nil {
		return err
	}
	// A server accepts one setting per command.
	var commands []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		value := settings[name]
		if name == "" || !info.Safe(name) || strings.ContainsAny(value, ";\n\t") {
			return configError("the setting %q with the value %q can't be sent", name, value)
		}
		commands = append(commands, start+";"+name+"="+value)
	}
	answers, err := c.native().InfoAll(ctx, p, commands...)
	if err != nil {
		return err
	}
	var refused []error
	refuse := func(err error) {
		c.about(&err, "SetServerConfig", of.namespace, of.set)
		refused = append(refused, err)
	}
	for _, node := range slices.Sorted(maps.Keys(answers)) {
		a := answers[node]
		if a.Err != nil {
			refuse(a.Err)
			continue
		}
		for _, command := range commands {
			if err := info.Error(a.Values[command]); err != nil {
				refuse(settingError(err, strings.TrimPrefix(command, start+";"), node))
			}
		}
	}
	return errors.Join(refused...)
}

// settingError adds a setting and a node to an error.
func settingError(err error, setting, node string) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		e.Message = setting + ": " + e.Message
	}
	return info.OnNode(err, node)
}

// configCommand returns the start of a command on a part of the configuration.
func (c *Client) configCommand(name string, of ConfigContext) (string, error) {
	if !info.Safe(of.namespace, of.set, of.datacenter) {
		return "", configError("invalid character in a ConfigContext: namespace %q, set %q, data center %q", of.namespace, of.set, of.datacenter)
	}
	if of.kind == "namespace" || of.namespace != "" {
		if err := c.native().CheckNamespace(of.namespace); err != nil {
			return "", err
		}
	}
	switch {
	case of.kind == "":
		return name, nil
	case of.kind == "namespace":
		command := name + ":context=namespace;" + c.namespaceParam("id", of.namespace)
		if of.set != "" {
			command += ";set=" + of.set
		}
		return command, nil
	}
	command := name + ":context=" + of.kind
	if of.datacenter != "" {
		command += ";dc=" + of.datacenter
	}
	if of.namespace != "" {
		command += ";namespace=" + of.namespace
	}
	return command, nil
}
