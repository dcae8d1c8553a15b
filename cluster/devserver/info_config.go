package devserver

import (
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

var configCommands = map[string]func(*infoRequest) string{
	"get-config": (*infoRequest).getConfig,
	"config-get": (*infoRequest).getConfig,
	"set-config": (*infoRequest).setConfig,
	"config-set": (*infoRequest).setConfig,
}

// firstNetworkKey is the key in the service defaults at which the network section starts.
const firstNetworkKey = "service.port="

func (r *infoRequest) getConfig() string {
	if strings.Trim(r.args, ";") == "" {
		return r.serviceConfig(serviceDefaults)
	}
	context, failure := r.required("context")
	if failure != "" {
		return failure
	}
	service, network, _ := strings.Cut(serviceDefaults, firstNetworkKey)
	network = firstNetworkKey + network
	switch context {
	case "service":
		return r.serviceConfig(service)
	case "network":
		return r.serviceConfig(network)
	case "security":
		return r.securityConfig()
	case "xdr":
		return "" // nothing is shipped
	case "namespace":
	default:
		return infoError(protocol.ParameterError, "invalid context")
	}
	ns, failure := r.configNamespace()
	if ns == nil {
		return failure
	}
	return r.namespaceConfig(ns)
}

// configNamespace returns the namespace of a configuration command, or the error to answer.
func (r *infoRequest) configNamespace() (*namespace, string) {
	name, failure := r.requiredAs("namespace", protocol.InvalidNamespace, "namespace", "id")
	if failure != "" {
		return nil, failure
	}
	if ns := r.server.namespace([]byte(name)); ns != nil {
		return ns, ""
	}
	return nil, infoError(protocol.InvalidNamespace, noNamespace)
}

func (r *infoRequest) serviceConfig(defaults string) string {
	live := map[string]string{
		"cluster-name":           r.clusterName(),
		"node-id":                r.node.name,
		"service.port":           strconv.Itoa(r.node.port),
		"service.address":        r.node.host,
		"service.access-port":    strconv.Itoa(r.node.port),
		"service.access-address": r.node.host,
		"service.tls-port":       strconv.Itoa(r.node.tlsPort),
	}
	if o := r.server.options.TLS; o != nil && o.Name != "" {
		live["service.tls-name"] = o.Name
	}
	r.server.settings.copyTo(live)
	r.server.limits.report(live)
	return overlay(defaults, live)
}

func (r *infoRequest) namespaceConfig(ns *namespace) string {
	live := make(map[string]string)
	ns.settings.copyTo(live)
	if r.server.options.Edition == Enterprise {
		live["rack-id"] = strconv.Itoa(ns.rack(r.node.number))
	}
	o := ns.config()
	live["replication-factor"] = strconv.Itoa(o.ReplicationFactor)
	live["nsup-period"] = strconv.FormatInt(int64(o.NsupPeriod/time.Second), 10)
	live["default-ttl"] = strconv.FormatUint(uint64(o.DefaultTTL), 10)
	live["default-read-touch-ttl-pct"] = strconv.FormatUint(uint64(o.ReadTouchPercent), 10)
	live["max-record-size"] = strconv.Itoa(o.MaxRecordSize)
	live["allow-ttl-without-nsup"] = strconv.FormatBool(!o.ForbidTTL)
	live["disallow-null-setname"] = strconv.FormatBool(o.ForbidNullSet)
	live["strong-consistency"] = strconv.FormatBool(o.StrongConsistency)
	live["mrt-duration"] = strconv.FormatUint(uint64(o.TransactionSeconds), 10)
	live["disable-mrt-writes"] = strconv.FormatBool(o.ForbidTransactions)
	live["strong-consistency-allow-expunge"] = strconv.FormatBool(o.AllowExpunge)
	return overlay(namespaceConfigDefaults, live)
}

const badSetting = "invalid set-config parameter"

func (r *infoRequest) setConfig() string {
	context, failure := r.required("context")
	if failure != "" {
		return failure
	}
	switch context {
	case "service", "network":
		return r.setEach(serviceDefaults, func(key, value string) bool {
			ok := r.server.configure(key, value)
			if ok {
				r.server.keepSetting("", key, value)
			}
			return ok
		})
	case "security", "xdr":
		if r.server.options.Edition != Enterprise {
			return infoError(protocol.EnterpriseOnly, "enterprise only")
		}
		return infoError(protocol.ParameterError, badSetting) // there are no parameters to set
	case "namespace":
		ns, failure := r.configNamespace()
		if ns == nil {
			return failure
		}
		if name, ok := r.param("set"); ok {
			return r.setSetConfig(ns, name)
		}
		return r.setEach(namespaceConfigDefaults, func(key, value string) bool {
			if key == "rack-id" && r.server.options.Edition == Enterprise {
				return r.setRackID(ns, value)
			}
			ok := ns.configure(key, value)
			if ok {
				r.server.keepSetting(ns.name, key, value)
			}
			return ok
		})
	}
	return infoError(protocol.ParameterError, "invalid context")
}

// setEach calls set for every parameter that names an option. An option that is not in defaults, or
// that set refuses, is an error.
func (r *infoRequest) setEach(defaults string, set func(key, value string) bool) string {
	done := false
	for part := range strings.SplitSeq(r.args, ";") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "", "context", "id", "namespace", "set":
			continue
		}
		if !hasKey(defaults, key) || !set(key, value) {
			return infoError(protocol.ParameterError, badSetting)
		}
		done = true
	}
	if !done {
		return infoError(protocol.ParameterError, badSetting)
	}
	return infoOK
}

// configure changes an option of a running namespace. Options without an effect on this server are
// only stored. It returns false if the value is not valid for the option.
func (ns *namespace) configure(key, value string) bool {
	ns.configMu.Lock()
	defer ns.configMu.Unlock()
	old := ns.config()
	o := *old
	number, numberErr := strconv.ParseUint(value, 10, 32)
	flag, flagErr := strconv.ParseBool(value)
	err := numberErr
	switch key {
	case "default-ttl":
		var ok bool
		if o.DefaultTTL, ok = configSeconds(value); !ok || o.DefaultTTL == protocol.TTLNever {
			return false
		}
		err = nil
	case "default-read-touch-ttl-pct":
		if ns.server.lacks("read touch") {
			return false
		}
		o.ReadTouchPercent = uint32(number)
	case "max-record-size":
		o.MaxRecordSize = int(number)
	case "allow-ttl-without-nsup":
		o.ForbidTTL, err = !flag, flagErr
	case "disallow-null-setname":
		o.ForbidNullSet, err = flag, flagErr
	case "strong-consistency":
		return false // fixed when the namespace is created
	case "strong-consistency-allow-expunge":
		o.AllowExpunge, err = flag, flagErr
	case "nsup-period":
		o.NsupPeriod = time.Duration(number) * time.Second
	case "mrt-duration":
		if o.TransactionSeconds = uint32(number); number < minTransactionSeconds {
			return false
		}
	case "disable-mrt-writes":
		o.ForbidTransactions, err = flag, flagErr
	default:
		ns.settings.set(key, value)
		return true
	}
	checked, rangeErr := o.withDefaults(ns.server.options.Edition)
	if err != nil || rangeErr != nil {
		return false
	}
	ns.options.Store(&checked)
	if checked.NsupPeriod != old.NsupPeriod {
		select {
		case ns.periodChanged <- struct{}{}:
		default: // a notification is already pending
		}
	}
	return true
}
