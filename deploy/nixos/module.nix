# NixOS module of UTXOracle Live, with the sandbox of deploy/systemd and one option per flag:
#
#   imports = [ /path/to/deploy/nixos/module.nix ];
#   services.utxoracle-live = {
#     enable = true;
#     program = "/opt/utxoracle-live/node_modules/utxoracle-live/dist/main.js";
#     settings.rpc-cookie = "/var/lib/bitcoind-main";
#   };
#
# Passwords: UTXORACLE_RPC_PASSWORD=… in the file of `environmentFile`.
{ config, lib, pkgs, ... }:

let
  cfg = config.services.utxoracle-live;
  inherit (lib) mkEnableOption mkIf mkOption types;
  flags = builtins.fromJSON (builtins.readFile ./flags.json);
  unit = builtins.fromJSON (builtins.readFile ./unit.json);
  typeOf = {
    bool = types.bool;
    number = types.number;
    str = types.str;
    list = types.listOf types.str;
  };
  given = lib.filterAttrs (_: value: value != null) cfg.settings;
  file = pkgs.writeText "utxoracle-live.json" (builtins.toJSON given);
in
{
  options.services.utxoracle-live = {
    enable = mkEnableOption "UTXOracle Live, the price of bitcoin from this machine's own node";
    program = mkOption {
      type = types.str;
      description = "Path of the installed program, main.js.";
    };
    nodejs = mkOption {
      type = types.package;
      default = pkgs.nodejs;
      description = "Node.js, 20.19 or later.";
    };
    group = mkOption {
      type = types.str;
      default = "bitcoin";
      description = "Group that may read the node's cookie file.";
    };
    environmentFile = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "File with variables such as UTXORACLE_RPC_PASSWORD.";
    };
    settings = mkOption {
      default = { };
      description = "Flags of the service, without the leading --.";
      type = types.submodule {
        options = builtins.mapAttrs
          (_: flag: mkOption {
            type = types.nullOr typeOf.${flag.type};
            default = null;
            description = flag.description;
          })
          flags;
      };
    };
  };

  config = mkIf cfg.enable {
    systemd.services.utxoracle-live = {
      description = "UTXOracle Live";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" "bitcoind.service" ];
      environment = {
        NODE_ENV = "production";
        UTXORACLE_DATA_DIR = "%S/utxoracle-live";
      };
      serviceConfig = unit // {
        SupplementaryGroups = cfg.group;
        ExecStart = "${cfg.nodejs}/bin/node --optimize-for-size ${cfg.program} --config ${file}";
      } // (if cfg.environmentFile == null then { } else { EnvironmentFile = cfg.environmentFile; });
    };
  };
}
