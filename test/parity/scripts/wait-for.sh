#!/bin/sh
# Waits for a machine to report that it is up, with a limit, and goes on with what it said.
set -u
broker="-h $MQTT_HOST -p $MQTT_PORT"

wait_for() {
  if said=$(mosquitto_sub $broker -t "$1" -C 1 -W "$2" 2> error.txt); then
    echo "$1: $said"
  else
    status=$?
    echo "$1: no answer, status $status, $(cat error.txt)"
    return "$status"
  fi
}

wait_for machines/one/up 1

(
  sleep 0.2
  mosquitto_pub $broker -q 1 -r -t machines/one/up -m '{"address":"192.0.2.7","since":"10:31"}'
) &
wait_for machines/one/up 20
wait

address=$(mosquitto_sub $broker -t machines/one/up -C 1 -W 20 | sed 's/.*"address":"\([^"]*\)".*/\1/')
echo "address $address"

wait_for machines/two/up 1 || exit 3
