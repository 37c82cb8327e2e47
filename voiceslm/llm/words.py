"""English words for what stands in a home and for what is wanted of it."""

from __future__ import annotations

from voiceslm.entities import Kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KIND_WORDS: dict[Kind, frozenset[str]] = {
    Kind.ALARM: _words("alarm security"),
    Kind.BINARY_SENSOR: _words("sensor detector"),
    Kind.BUTTON: _words("button"),
    Kind.CLIMATE: _words(
        "thermostat heating heater heat radiator climate hvac ac aircon conditioner temperature"
    ),
    Kind.COVER: _words("blind shade curtain shutter cover drape roller awning"),
    Kind.FAN: _words("fan ventilator ventilation"),
    Kind.HUMIDIFIER: _words("humidifier dehumidifier humidity"),
    Kind.LAWN_MOWER: _words("mower lawn lawnmower grass"),
    Kind.LIGHT: _words("light lamp bulb lighting lantern chandelier spotlight"),
    Kind.LOCK: _words("lock door deadbolt"),
    Kind.MEDIA_PLAYER: _words(
        "speaker tv television radio stereo music player soundbar song track volume media"
    ),
    Kind.SCENE: _words("scene mood"),
    Kind.SIREN: _words("siren"),
    Kind.SWITCH: _words("switch plug outlet socket"),
    Kind.VACUUM: _words("vacuum hoover robot roomba cleaner"),
    Kind.VALVE: _words("valve water sprinkler irrigation tap"),
    Kind.WATER_HEATER: _words("boiler heater water"),
}
"""What things of a kind are called, whatever their own names are."""

GENERIC: frozenset[str] = frozenset().union(*KIND_WORDS.values())

CLASS_WORDS: dict[str, frozenset[str]] = {
    "battery": _words("battery"),
    "door": _words("door"),
    "energy": _words("energy consumption power"),
    "garage": _words("garage door"),
    "garage_door": _words("garage door"),
    "gate": _words("gate"),
    "humidity": _words("humidity humid"),
    "illuminance": _words("brightness bright"),
    "moisture": _words("leak water wet"),
    "motion": _words("motion movement"),
    "occupancy": _words("presence anyone anybody someone"),
    "power": _words("power consumption"),
    "smoke": _words("smoke fire"),
    "temperature": _words("temperature warm cold hot degree"),
    "window": _words("window"),
}
"""The same for Home Assistant's device classes."""

CUES: dict[Kind, frozenset[str]] = {
    Kind.CLIMATE: _words("cold warm hot freezing chilly cool warmer cooler colder hotter cooling degree"),
    Kind.COVER: _words("sunlight sun"),
    Kind.FAN: _words("stuffy breeze draft"),
    Kind.HUMIDIFIER: _words("humid dry"),
    Kind.LAWN_MOWER: _words("mow"),
    Kind.LIGHT: _words(
        "dark bright dim darker brighter brighten illuminate lit brightness glow gloomy lighten"
    ),
    Kind.LOCK: _words("unlock locked unlocked secure"),
    Kind.MEDIA_PLAYER: _words("loud louder quiet quieter mute unmute skip unpause"),
    Kind.VACUUM: _words("clean dirty floor dust sweep"),
    Kind.WATER_HEATER: _words("shower bath"),
}
"""What people say instead of naming the thing."""

NUMBERS = {
    word: str(value)
    for value, words in enumerate(
        (
            "zero",
            "one first",
            "two second",
            "three third",
            "four fourth",
            "five fifth",
            "six sixth",
            "seven seventh",
            "eight eighth",
            "nine ninth",
            "ten tenth",
            "eleven",
            "twelve",
        )
    )
    for word in words.split()
}
"""Number words as they stand in names: "bedroom two", "the second bedroom"."""

COMMON = _words(
    """
    a an the this that these those my your our his her their its it i me we you he she they us them
    is are was were be been am do does did has have had will would could can shall should may might must let
    to of in on at for by with from into onto up down off out over under and or but so then than as
    not no don doesn isn aren please thanks thank hey hi hello okay ok oh uh um well just now right again
    here there some any all every both each more less too very bit little much way quite really something
    what which how where it's that's there's i'm i'd i'll i've you're we're let's don't doesn't isn't aren't
    didn't hasn't can't won't sure still currently current actually going got house home room
    if whether somebody someone nobody anything everything thing anymore any longer point moment or
    percent degree
    """
)
"""Words that say nothing about which device is meant; never taken for a misheard name."""

VERBS = _words(
    """
    turn turned switch switched shut shutting power put set make change adjust alter dim brighten darken
    lighten
    illuminate light lower raise lift increase decrease reduce open close lock unlock start started stop
    pause
    resume unpause activate deactivate enable disable engage disengage toggle toggled flip mute unmute
    silence
    clean vacuum sweep mow dock press run heat cool warm kill cut trigger arm disarm secure bring pull draw
    roll
    crank skip slow speed ensure initiate return send extinguish paint glow shine locate find play begin end
    halt
    hold give get need want keep take go stand check tell leave
    """
)
"""What people want done to a device."""

STATES = _words(
    """
    on off open opened opening closed closing shut locked locking unlocked unlocking bolted jammed running
    active
    inactive activated playing paused idle standby cleaning docked charging charged stuck armed lit working
    moving
    moved detected spinning shining secure unsecure status state position level brightness brighter darker
    color
    colour hue mode speed setting volume louder quieter temperature humidity warm warmer cold colder hot
    hotter cool
    cooler humid dry dark bright loud full left up down half halfway doing happening going looking
    displaying latest
    update updated news report word scoop anyone anybody somebody someone low lower high higher slow slower
    fast faster next
    previous middle maximum minimum back item playback completely
    red orange yellow green turquoise blue purple pink white
    """
)
"""What a device can be, what can be measured of it, and how people ask for that."""

TRIGGERS: dict[str, frozenset[str]] = {
    "on": _words("on activate enable engage illuminate lit start begin initiate lighten dark gloomy"),
    "off": _words("off out kill deactivate disable disengage shut cut extinguish end darken anymore longer"),
    "toggle": _words("toggle toggled flip swap invert alter reverse status state"),
    "open": _words("open opened up raise lift"),
    "close": _words("close closed shut down lower drop secure"),
    "lock": _words("lock locked secure secured bolt bolted"),
    "unlock": _words("unlock unlocked disengage"),
    "start": _words("start started clean run begin activate initiate sweep mow go cut"),
    "dock": _words("dock home base return back charge charger station"),
    "stop": _words("stop halt end freeze"),
    "pause": _words("pause hold wait"),
    "play": _words("play resume unpause continue"),
    "next": _words("next skip forward"),
    "previous": _words("previous back"),
    "locate": _words("locate find beep"),
    "press": _words("press push"),
    "activate": _words("activate start run trigger set"),
    "mute": _words("mute silence silent quiet hush"),
    "unmute": _words("unmute"),
    "arm_home": _words("arm"),
    "arm_away": _words("arm"),
    "arm_night": _words("arm"),
    "disarm": _words("disarm"),
    "unlatch": _words("unlatch open"),
}
"""Words that stand for a verb."""

UNLESS = {"lock": _words("disengage unlock unbolt release")}
"""Words that rule a verb out, though another stands for it."""

INSTEAD = {"on": _words("start open activate play press"), "off": _words("stop close pause")}
"""What "on" and "off" stand for with devices that know neither."""

_WEAK = _words("on up down go run set start home base back return wait hold end drop state status light")
WISHES = frozenset().union(*TRIGGERS.values()) - _WEAK
"""Words that leave no doubt about what is wanted: a device that cannot do it is not meant."""

UP = _words(
    """
    up more increase raise brighter brighten lighter louder warmer hotter higher faster boost crank turbo
    dark gloomy cold freezing chilly warm heat stuffy speed lift hear dry
    """
)
DOWN = _words(
    """
    down less decrease reduce lower dim dimmer darker darken softer quieter cooler colder slower slow
    hot bright loud cool humid
    """
)
"""Words that stand for more and for less of a property; complaints ask for the opposite."""

MEASURED: dict[str, frozenset[str]] = {
    "brightness": _words("bright brighter brighten brightness dark darker darken dim dimmer gloomy lighter"),
    "temperature": _words(
        "cold colder cool cooler cooling warm warmer hot hotter heat heating freezing chilly degree "
        "temperature"
    ),
    "volume": _words("loud louder quiet quieter softer volume hear sound"),
    "percentage": _words("speed faster slower slow stuffy breeze"),
    "humidity": _words("humid humidity dry"),
}
"""Words that are about one property and no other."""

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

UNITS = {word: value for value, word in enumerate(_ONES, 1)}
TENS = {word: 10 * value for value, word in enumerate(_TENS, 2)}
ROUND_NUMBERS = {
    "zero": 0,
    "ten": 10,
    "quarter": 25,
    "half": 50,
    "halfway": 50,
    "hundred": 100,
    "full": 100,
    "fully": 100,
    "maximum": 100,
    "max": 100,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
"""Numbers in words, and words for a share of a hundred."""
