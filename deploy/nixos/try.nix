# Evaluates module.nix with stand-ins for nixpkgs: nix-instantiate --eval --strict --json try.nix
let
  lib = {
    mkEnableOption = description: { inherit description; type = "bool"; };
    mkIf = condition: content: if condition then content else { };
    mkOption = option: option;
    filterAttrs = keep: set:
      builtins.listToAttrs (builtins.filter ({ name, value }: keep name value)
        (builtins.map (name: { inherit name; value = set.${name}; }) (builtins.attrNames set)));
    types = {
      bool = "bool";
      number = "number";
      str = "str";
      package = "package";
      listOf = type: "list of ${type}";
      nullOr = type: "null or ${type}";
      submodule = { options }: options;
    };
  };
  pkgs = {
    nodejs = "/nodejs";
    writeText = name: content: "/store/${name}?${content}";
  };
  module = import ./module.nix {
    inherit lib pkgs;
    config.services.utxoracle-live = {
      enable = true;
      program = "/opt/main.js";
      nodejs = pkgs.nodejs;
      group = "node";
      environmentFile = "/run/secret";
      settings = { port = 8123; host = null; };
    };
  };
in
{
  inherit (module.config.systemd.services.utxoracle-live) serviceConfig;
  settings = builtins.mapAttrs (_: option: option.type) module.options.services.utxoracle-live.settings.type;
}
