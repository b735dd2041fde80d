#!/bin/sh
# Watches temperatures, and raises and clears an alarm for each room. The session keeps what comes in while it is away.
set -eu
broker="-h $MQTT_HOST -p $MQTT_PORT"
limit=80

mosquitto_sub $broker -c -i watcher -q 1 -t 'rooms/+/temperature' -E
mosquitto_sub $broker -c -i bell -q 2 -t 'alarms/#' -E

for reading in kitchen:21 boiler:79 boiler:84 kitchen:22 boiler:91 boiler:60; do
  mosquitto_pub $broker -q 1 -t "rooms/${reading%:*}/temperature" -m "${reading#*:}"
done

hot=
mosquitto_sub $broker -c -i watcher -q 1 -t 'rooms/+/temperature' -C 6 -F '%t %p' |
  while read -r topic value; do
    room=${topic#rooms/}
    room=${room%/temperature}
    if [ "$value" -gt "$limit" ] && [ "$hot" != "$room" ]; then
      hot=$room
      mosquitto_pub $broker -q 2 -r -t "alarms/$room" -m "hot: $value"
    elif [ "$value" -le "$limit" ] && [ "$hot" = "$room" ]; then
      hot=
      mosquitto_pub $broker -q 2 -r -t "alarms/$room" -m "over: $value"
    fi
    echo "seen $room $value"
  done

echo '-- the bell'
mosquitto_sub $broker -c -i bell -q 2 -t 'alarms/#' -C 2 -v
echo '-- the board'
mosquitto_sub $broker -t alarms/boiler -C 1
